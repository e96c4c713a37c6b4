-- Lets a paused job be polled again: now, if it came due meanwhile, else when it would have been. The claim holds
-- only what is due, so no Retry-After is cut short. Asking twice changes nothing.
-- The event was made from the record as it was at `version`; when that has changed since, nothing is done.
-- Uses lib/poll-health.lua and lib/tell-event.lua.
--
-- KEYS  1 record of the job   2 due index   3 event stream
--       4 event stream of the tenant, the whole one where it has none of its own   5 open jobs by poll health
-- ARGV  1 job id   2 version   3 event JSON, '' where nobody is told   4 channel, ''   5 stream length
--       6 score of its poll health, as its last poll left it
-- Returns {'resumed', wake, ms until due} | {'changed'} | {'settled'} | {'missing'}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

local job = redis.call('HMGET', KEYS[1], 'state', 'pausedAt', 'heldBy', 'notBefore', 'wake', 'version')
if not job[1] then
  return { 'missing' }
end
if job[1] ~= 'registered' and job[1] ~= 'in-progress' then
  return { 'settled' }
end
if not job[2] then
  return { 'resumed', job[5], math.max(0, job[4] - now) }
end
if job[6] ~= ARGV[2] then
  return { 'changed' }
end
redis.call('HDEL', KEYS[1], 'pausedAt', 'pausedBy')
redis.call('HINCRBY', KEYS[1], 'version', 1)
noteHealth(KEYS[5], ARGV[1], ARGV[6])
if ARGV[3] ~= '' then
  tellEvent(KEYS[3], KEYS[4], ARGV[5], ARGV[4], ARGV[3])
end
if job[3] ~= 'paused' then
  return { 'resumed', job[5], math.max(0, job[4] - now) }
end
-- The pause moved the due instant, so the poll is not late by it.
redis.call('HSET', KEYS[1], 'notBefore', now, 'dueAt', now)
redis.call('HDEL', KEYS[1], 'heldBy')
redis.call('ZADD', KEYS[2], now, ARGV[1])
return { 'resumed', redis.call('HINCRBY', KEYS[1], 'wake', 1), 0 }
