-- Has a completed job polled again for fresh links, for a while, as soon as the floor between two polls lets it. Its
-- state stays what it is. Asking again, while that goes on, changes nothing; with another token it is polled as soon as
-- the floor and the provider's Retry-After let it, unless a poll is in flight or waits its turn.
--
-- KEYS  1 record of the job   2 due index
-- ARGV  1 job id   2 ms for which fresh links are asked for at the longest   3 sealed token to ask with, ''
--       4 ms from one poll to the next, at least
-- Returns {'refreshing', wake, ms until due} | {'deleted'} | {'not-completed'} | {'missing'}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

local job = redis.call('HMGET', KEYS[1], 'state', 'wake', 'refreshUntil', 'notBefore', 'lastPolledAt', 'retryAfterUntil',
  'epoch', 'appliedEpoch', 'turn', 'deleteUntil', 'deletedAtProviderAt')
if not job[1] then
  return { 'missing' }
end
if job[1] ~= 'completed' then
  return { 'not-completed' }
end
if job[11] or (job[10] and not job[3]) then
  return { 'deleted' }
end

local soonest = math.max(now, math.min(now, tonumber(job[5] or 0)) + tonumber(ARGV[4]), tonumber(job[6] or 0))
local function wakeAt(instant)
  redis.call('HSET', KEYS[1], 'notBefore', instant, 'dueAt', instant)
  redis.call('HINCRBY', KEYS[1], 'version', 1)
  redis.call('ZADD', KEYS[2], instant, ARGV[1])
  return { 'refreshing', redis.call('HINCRBY', KEYS[1], 'wake', 1), instant - now }
end

if ARGV[3] ~= '' then
  redis.call('HSET', KEYS[1], 'sealedToken', ARGV[3])
end
if job[3] then
  local isIdle = job[7] == job[8] and not job[9]
  if ARGV[3] ~= '' and isIdle and soonest < tonumber(job[4]) then
    redis.call('HDEL', KEYS[1], 'heldBy')
    return wakeAt(soonest)
  end
  return { 'refreshing', job[2], math.max(0, job[4] - now) }
end
redis.call('HSET', KEYS[1], 'refreshUntil', now + tonumber(ARGV[2]), 'hasOldPages', '1')
redis.call('HDEL', KEYS[1], 'refreshReason')
return wakeAt(soonest)
