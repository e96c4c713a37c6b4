-- Changes an endpoint, enables or disables it. What is pending when it is disabled is held from then on. One that gets
-- another URL begins anew, whatever the old one did or asked for: what is under way there counts for nothing, and goes
-- to the new one as well.
-- Uses lib/webhook-target.lua and lib/endpoints-changed.lua.
--
-- KEYS  1 record of the endpoint   2 record of webhooks   3 record of its receiver   4 what is pending there
--       5 due receivers   6 failing webhooks   7 disabled webhooks
-- ARGV  1 tenant   2 id of the receiver   3 'enable', 'disable' or ''   4 '1' where it gets another URL, ''
--       5 number of fields to clear, then their names, then fields and values to set
-- Returns {'amended'} | {'missing'}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

if redis.call('HGET', KEYS[1], 'tenant') ~= ARGV[1] then
  return { 'missing' }
end
local firstField = 6 + tonumber(ARGV[5])
if firstField > 6 then
  redis.call('HDEL', KEYS[1], unpack(ARGV, 6, firstField - 1))
end
if ARGV[firstField] then
  redis.call('HSET', KEYS[1], unpack(ARGV, firstField))
end
if ARGV[4] == '1' then
  targetSucceeded(KEYS[1], KEYS[6])
  if redis.call('EXISTS', KEYS[3]) == 1 then
    redis.call('HINCRBY', KEYS[3], 'epoch', 1)
    redis.call('HDEL', KEYS[3], 'failures', 'probeAt', 'askedUntil', 'leaseUntil', 'turn', 'nonce')
  end
  redis.call('ZADD', KEYS[5], 'XX', now, ARGV[2])
end
if ARGV[3] == 'enable' then
  enableTarget(KEYS[1], KEYS[6], KEYS[7])
  redis.call('HDEL', KEYS[3], 'failures', 'probeAt')
  redis.call('ZADD', KEYS[5], 'XX', now, ARGV[2])
elseif ARGV[3] == 'disable' then
  disableTarget(KEYS[1], KEYS[6], KEYS[7], now, 'by-request')
  redis.call('UNLINK', KEYS[4])
  redis.call('ZREM', KEYS[5], ARGV[2])
end
endpointsChanged(KEYS[2])
return { 'amended' }
