-- Makes an endpoint, and has events read for webhooks from now on. A resend changes nothing and answers alike.
-- Uses lib/open-webhooks.lua and lib/endpoints-changed.lua.
--
-- KEYS  1 record of the endpoint   2 endpoints of the tenant   3 record of webhooks   4 event stream
-- ARGV  1 endpoint id   2 how many a tenant may have   3.. fields and values of the record
-- Returns {'created'} | {'too-many'}
if redis.call('EXISTS', KEYS[1]) == 1 then
  return { 'created' }
end
if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[2]) then
  return { 'too-many' }
end
redis.call('HSET', KEYS[1], unpack(ARGV, 3))
redis.call('ZADD', KEYS[2], 0, ARGV[1])
openWebhooks(KEYS[3], KEYS[4])
endpointsChanged(KEYS[3])
return { 'created' }
