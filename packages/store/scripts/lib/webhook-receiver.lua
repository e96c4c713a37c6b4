-- A receiver is what takes turns: an endpoint, or, for the webhooks of jobs, an origin of a tenant. Its record holds the
-- turn that is under way and until when it is left alone; the due index, when somebody has to look at it again.

-- Who is rung comes within this time, in ms; otherwise somebody else is rung.
local comesWithin = 3000

-- The instant before which nothing is to be sent to it, whatever is pending.
local function restsUntil(receiver)
  local gate = redis.call('HMGET', receiver, 'leaseUntil', 'probeAt', 'askedUntil')
  return math.max(tonumber(gate[1] or 0), tonumber(gate[2] or 0), tonumber(gate[3] or 0))
end

-- Something is pending that was not before. Returns the number of a ring that the caller is to send, or ''.
local function ringReceiver(receiver, due, id, now, keepMs)
  local from = restsUntil(receiver)
  if from > now then
    redis.call('ZADD', due, from, id)
    return ''
  end
  if now < tonumber(redis.call('HGET', receiver, 'rungUntil') or 0) then
    return ''
  end
  redis.call('ZADD', due, now + comesWithin, id)
  redis.call('HSET', receiver, 'rungUntil', now + comesWithin)
  redis.call('PEXPIRE', receiver, keepMs)
  return tostring(redis.call('HINCRBY', receiver, 'rings', 1))
end

-- Notes when it is next to be looked at. Returns in how many ms, -1 where nothing is pending.
local function nextLook(receiver, pending, due, id, now)
  local first = redis.call('ZRANGE', pending, 0, 0, 'WITHSCORES')
  if not first[2] then
    redis.call('ZREM', due, id)
    return -1
  end
  local at = math.max(tonumber(first[2]), restsUntil(receiver))
  -- Where it is now, whoever asks goes on himself.
  redis.call('ZADD', due, at > now and at or now + comesWithin, id)
  return math.max(0, at - now)
end
