-- Stops tracking a job: state and event, all or nothing. A poll in flight finds the job settled.
-- The event was made from the record as it was at `version`; when that has changed since, nothing is done.
-- Uses lib/poll-health.lua and lib/tell-event.lua.
--
-- KEYS  1 record of the job   2 due index   3 event stream   4 base of the tenant's state indexes
--       5 open job of this tenant and status URL
--       6 event stream of the tenant, the whole one where it has none of its own   7 record of the provider
--       8 records of the providers that are out   9 open jobs by poll health
-- ARGV  1 job id   2 version   3 event JSON   4 channel   5 stream length
--       6 number of fields to clear, then their names, then fields and values to set
-- Returns {'cancelled'} | {'settled'} | {'changed'} | {'missing'}
local job = redis.call('HMGET', KEYS[1], 'state', 'version')
if not job[1] then
  return { 'missing' }
end
if job[1] ~= 'registered' and job[1] ~= 'in-progress' then
  return { 'settled' }
end
if job[2] ~= ARGV[2] then
  return { 'changed' }
end

local firstField = 7 + tonumber(ARGV[6])
redis.call('HDEL', KEYS[1], unpack(ARGV, 7, firstField - 1))
redis.call('HSET', KEYS[1], 'state', 'cancelled', unpack(ARGV, firstField))
redis.call('HINCRBY', KEYS[1], 'version', 1)
redis.call('ZREM', KEYS[2], ARGV[1])
noteHealth(KEYS[9], ARGV[1], 0)
redis.call('ZREM', KEYS[4] .. ':' .. job[1], ARGV[1])
redis.call('ZADD', KEYS[4] .. ':cancelled', 0, ARGV[1])
if redis.call('HINCRBY', KEYS[7], 'openJobs', -1) <= 0 then
  -- Nobody probes it any more. One of its jobs was from before they were counted where there is less than none.
  redis.call('SREM', KEYS[8], KEYS[7])
  redis.call('HSET', KEYS[7], 'openJobs', 0)
end
if redis.call('GET', KEYS[5]) == ARGV[1] then
  redis.call('DEL', KEYS[5])
end
tellEvent(KEYS[3], KEYS[6], ARGV[5], ARGV[4], ARGV[3])
return { 'cancelled' }
