-- Keeps an open job from being polled until it is resumed: the claim holds it, though not past its deadline. What a
-- poll in flight brings is still applied, and a delete request is still sent. Asking twice changes nothing.
-- The event was made from the record as it was at `version`; when that has changed since, nothing is done.
-- Uses lib/poll-health.lua and lib/tell-event.lua.
--
-- KEYS  1 record of the job   2 event stream
--       3 event stream of the tenant, the whole one where it has none of its own   4 open jobs by poll health
-- ARGV  1 who asks   2 when, epoch ms   3 version   4 event JSON, '' where nobody is told   5 channel, ''
--       6 stream length   7 job id   8 score of a paused job
-- Returns {'paused'} | {'changed'} | {'settled'} | {'missing'}
local job = redis.call('HMGET', KEYS[1], 'state', 'pausedAt', 'version')
if not job[1] then
  return { 'missing' }
end
if job[1] ~= 'registered' and job[1] ~= 'in-progress' then
  return { 'settled' }
end
if job[2] then
  return { 'paused' }
end
if job[3] ~= ARGV[3] then
  return { 'changed' }
end
redis.call('HSET', KEYS[1], 'pausedAt', ARGV[2], 'pausedBy', ARGV[1])
redis.call('HINCRBY', KEYS[1], 'version', 1)
noteHealth(KEYS[4], ARGV[7], ARGV[8])
if ARGV[4] ~= '' then
  tellEvent(KEYS[2], KEYS[3], ARGV[6], ARGV[5], ARGV[4])
end
return { 'paused' }
