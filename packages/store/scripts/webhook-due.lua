-- Names the receivers that are due to be looked at, and notes that somebody was rung for each.
--
-- KEYS  1 due receivers
-- ARGV  1 most of them   2 ms within which who is rung comes
-- Returns {now, id, ...}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])
for _, id in ipairs(ids) do
  redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), id)
end
return { now, unpack(ids) }
