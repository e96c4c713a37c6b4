-- Tells the settling event of a job again. It was made from the record as it was at `version`; when that has changed
-- since, nothing is done. A resend with the same nonce tells it no second time.
-- Uses lib/tell-event.lua.
--
-- KEYS  1 record of the job   2 event stream   3 event stream of the tenant, the whole one where it has none of its own
-- ARGV  1 version   2 nonce of this call   3 event JSON   4 channel   5 stream length
-- Returns {'republished'} | {'changed'}
local job = redis.call('HMGET', KEYS[1], 'version', 'republishNonce')
if job[2] == ARGV[2] then
  return { 'republished' }
end
if job[1] ~= ARGV[1] then
  return { 'changed' }
end
redis.call('HSET', KEYS[1], 'republishNonce', ARGV[2])
tellEvent(KEYS[2], KEYS[3], ARGV[5], ARGV[4], ARGV[3])
return { 'republished' }
