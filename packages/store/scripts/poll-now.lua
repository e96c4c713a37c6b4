-- Makes an open job due as soon as the floor between two polls lets it, though not within what its provider asked
-- for, unless forced: the claim then passes the provider's wait and its open circuit. Where a poll is under way or
-- waits its turn already, nothing more is due. A resend with the same nonce answers alike.
--
-- KEYS  1 record of the job   2 due index   3 record of its provider
-- ARGV  1 job id   2 nonce of this call   3 '1' where it is forced, ''   4 ms from one poll to the next, at least
-- Returns {'due', wake, ms until due} | {'under-way'} | {'early', instant from which it may be polled, ms until then}
--       | {'paused'} | {'settled'} | {'missing'}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

local job = redis.call('HMGET', KEYS[1], 'state', 'wake', 'pollNowNonce', 'pausedAt', 'intent', 'notBefore',
  'retryAfterUntil', 'epoch', 'appliedEpoch', 'nonce', 'lastPolledAt', 'turn', 'heldBy')
local notBefore, isForced = tonumber(job[6] or 0), ARGV[3] == '1'
if not job[1] then
  return { 'missing' }
end
if job[1] ~= 'registered' and job[1] ~= 'in-progress' then
  return { 'settled' }
end
if job[3] == ARGV[2] then
  return { 'due', job[2], math.max(0, notBefore - now) }
end
if job[4] then
  return { 'paused' }
end
local soonest = math.max(now, math.min(now, tonumber(job[11] or 0)) + tonumber(ARGV[4]))
-- A pause moves no turn on, and who is held by one would only look later whether it is over.
local waitsItsTurn = job[12] and job[13] ~= 'provider-paused' and job[13] ~= 'all-paused'
local leaseEnd = tonumber(redis.call('ZSCORE', KEYS[3] .. ':inflight', ARGV[1] .. ':' .. (job[8] or '0')) or 0)
if job[5] or now < leaseEnd or ((notBefore <= soonest or waitsItsTurn) and not isForced) then
  return { 'under-way' }
end

local earliest = math.max(tonumber(job[7] or 0), tonumber(redis.call('HGET', KEYS[3], 'pausedUntil') or 0))
if job[10] and job[8] ~= job[9] then
  -- The answer to the last poll was lost, and with it the wait that it asked for: the one written ahead stands in.
  earliest = math.max(earliest, notBefore)
end
if soonest < earliest and not isForced then
  return { 'early', earliest, earliest - now }
end

redis.call('HSET', KEYS[1], 'notBefore', soonest, 'dueAt', soonest, 'pollNowNonce', ARGV[2])
if isForced then
  redis.call('HSET', KEYS[1], 'forced', '1')
end
redis.call('HDEL', KEYS[1], 'nonce')
redis.call('HINCRBY', KEYS[1], 'version', 1)
redis.call('ZADD', KEYS[2], soonest, ARGV[1])
return { 'due', redis.call('HINCRBY', KEYS[1], 'wake', 1), soonest - now }
