-- Leaves the intent to cancel a job with a delete request to its provider. The worker sends it at once; an
-- answer to a poll in flight is fenced off, since nobody wants it any more. Asking twice changes nothing.
--
-- KEYS  1 record of the job   2 due index
-- ARGV  1 job id   2 instant of the request
-- Returns {'cancelling', wake} | {'settled'} | {'missing'}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

local job = redis.call('HMGET', KEYS[1], 'state', 'intent', 'wake')
if not job[1] then
  return { 'missing' }
end
if job[1] ~= 'registered' and job[1] ~= 'in-progress' then
  return { 'settled' }
end
if job[2] == 'delete' then
  return { 'cancelling', job[3] }
end
redis.call('HSET', KEYS[1], 'intent', 'delete', 'cancelRequestedAt', ARGV[2], 'notBefore', now, 'dueAt', now)
redis.call('HDEL', KEYS[1], 'nonce', 'failureCount', 'failingSince', 'backoffCount', 'heldBy', 'turn')
redis.call('HINCRBY', KEYS[1], 'epoch', 1)
redis.call('HINCRBY', KEYS[1], 'version', 1)
redis.call('ZADD', KEYS[2], now, ARGV[1])
return { 'cancelling', tostring(redis.call('HINCRBY', KEYS[1], 'wake', 1)) }
