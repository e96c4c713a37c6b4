-- Keeps a key for so long from now on, unless it is kept for longer already.
local function keepLonger(key, ms)
  if redis.call('PTTL', key) < ms then
    redis.call('PEXPIRE', key, math.ceil(ms))
  end
end
