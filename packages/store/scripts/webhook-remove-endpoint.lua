-- Deletes an endpoint with its log. Its deliveries are found by nobody then, and go by themselves.
-- Uses lib/endpoints-changed.lua.
--
-- KEYS  1 record of the endpoint   2 endpoints of the tenant   3 record of webhooks   4 record of its receiver
--       5 what is pending there   6 due receivers   7 log of the endpoint   8 failing webhooks   9 disabled webhooks
-- ARGV  1 tenant   2 endpoint id   3 id of the receiver
-- Returns {'removed'} | {'missing'}
if redis.call('HGET', KEYS[1], 'tenant') ~= ARGV[1] then
  return { 'missing' }
end
redis.call('UNLINK', KEYS[1], KEYS[4], KEYS[5], KEYS[7])
redis.call('ZREM', KEYS[2], ARGV[2])
redis.call('ZREM', KEYS[6], ARGV[3])
redis.call('ZREM', KEYS[8], KEYS[1])
redis.call('SREM', KEYS[9], KEYS[1])
endpointsChanged(KEYS[3])
return { 'removed' }
