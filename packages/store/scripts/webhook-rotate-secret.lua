-- Puts a new secret in the place of that of an endpoint, which signs too for a while. A resend answers alike.
--
-- KEYS  1 record of the endpoint
-- ARGV  1 tenant   2 sealed secret as it was read   3 the new one, sealed   4 ms for which the old one signs too
-- Returns {'rotated'} | {'changed'} | {'missing'}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

local record = redis.call('HMGET', KEYS[1], 'tenant', 'sealedWebhookSecret')
if record[1] ~= ARGV[1] then
  return { 'missing' }
end
if record[2] == ARGV[3] then
  return { 'rotated' }
end
if record[2] ~= ARGV[2] then
  return { 'changed' }
end
redis.call('HSET', KEYS[1], 'sealedWebhookSecret', ARGV[3])
if tonumber(ARGV[4]) > 0 then
  redis.call('HSET', KEYS[1], 'sealedPreviousSecret', record[2], 'previousSecretUntil', now + tonumber(ARGV[4]))
else
  redis.call('HDEL', KEYS[1], 'sealedPreviousSecret', 'previousSecretUntil')
end
return { 'rotated' }
