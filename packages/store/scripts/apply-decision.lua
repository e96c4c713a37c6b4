-- Writes what a poll came to: record, due index, timeline, what was learnt of the provider, a page of the manifest
-- and the events, all or nothing. Fenced by epoch and nonce of the claim; a resend after a lost reply answers alike.
-- Uses lib/provider-breaker.lua, lib/export-history.lua, lib/learn-waits.lua, lib/keep-page.lua, lib/count-polls.lua,
-- lib/acknowledgement.lua, lib/expiry-clock.lua, lib/poll-health.lua and lib/tell-event.lua.
--
-- KEYS  1 record of the job   2 due index   3 timeline of the job   4 record of the provider   5 event stream
--       6 manifest of the job   7 base of the tenant's state indexes   8 open job of this tenant and status URL
--       9 pages of the manifest of the job   10 event stream of the tenant, the whole one where it has none of its own
--       11 how long completed exports of the provider took, in ms, newest first   12 scorecard of the provider and this day
--       13 records of the providers that are out   14 completed jobs by when to look at their expiry
--       15 those that expire soon and wait for an acknowledgement   16 open jobs by poll health
-- ARGV  1 job id   2 epoch of the claim   3 state from now on   4 ms until the next poll, -1 when settled
--       5 timeline entry JSON, '' where nothing was asked   6 timeline length   7 polls to count (0 or 1)
--       8 Retry-After learnt of the provider in ms, ''   9 ms for which the whole provider waits, ''
--       10 stream length   11 manifest, ''   12 fingerprint of a page's URL, ''   13 the page, ''
--       14 sealed token that was refused, ''   15 ms until the next poll where it has been replaced   16 number of fields to clear   17 of events
--       18 what the request tells of the provider: 'up', 'down', 'unknown'   19 ms until its answer, '' without one
--       20 failures in a row until the provider counts as out   21 ms until it is
--       probed for the first time   22 ms between two probes at most
--       23 limits of a provider that has none of its own   24 number of counters of the scorecard
--       25 ms before the expiry of a completed job at which to look at it for the first time
--       26 score of its poll health from now on, '' where it was and is well   27 ms that its provider asked for, ''   28 nonce of the claim
--       then the names of the fields to clear, channel and JSON of each event, the counters that go up by one, and
--       fields and values to set
-- Returns {'again', remainingMs, now, circuit, open jobs of its provider} | {'settled', state, now, circuit} | {'stale', '', now, circuit},
-- with 'opened' or 'closed' where this changed the provider's circuit, else ''
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

local job = redis.call('HMGET', KEYS[1], 'state', 'epoch', 'appliedEpoch', 'notBefore', 'refreshUntil',
  'deleteUntil', 'pausedAt', 'nonce')
local state, epoch, applied, notBefore = job[1], job[2], job[3], tonumber(job[4] or 0)
-- A Redis that has forgotten its last writes grants an epoch again, to another call, whose place it then is.
if epoch == ARGV[2] and job[8] and job[8] ~= ARGV[28] then
  return { 'stale', '', now, '' }
end
local isAfterwards = state == 'completed' and (job[5] or job[6])
local open = state == 'registered' or state == 'in-progress' or isAfterwards

if applied == ARGV[2] and epoch == ARGV[2] then
  if open then
    return { 'again', math.max(0, notBefore - now), now, '', 0 }
  end
  return { 'settled', state, now, '' }
end
local circuit, openJobs = leaveGate(KEYS[4], ARGV[1] .. ':' .. ARGV[2], now, { verdict = ARGV[18], serviceMs = tonumber(ARGV[19]) }, {
  threshold = tonumber(ARGV[20]), firstMs = tonumber(ARGV[21]), longestMs = tonumber(ARGV[22]), limits = ARGV[23],
}, KEYS[13])
if not open or epoch ~= ARGV[2] then
  return { 'stale', '', now, circuit }
end

local firstEvent = 29 + tonumber(ARGV[16])
local firstCounter = firstEvent + 2 * tonumber(ARGV[17])
local firstField = firstCounter + tonumber(ARGV[24])
if firstEvent > 29 then
  redis.call('HDEL', KEYS[1], unpack(ARGV, 29, firstEvent - 1))
end
redis.call('HSET', KEYS[1], 'state', ARGV[3], 'appliedEpoch', ARGV[2], unpack(ARGV, firstField))
redis.call('HINCRBY', KEYS[1], 'version', 1)
if ARGV[7] ~= '0' then
  redis.call('HINCRBY', KEYS[1], 'pollCount', ARGV[7])
end
if ARGV[5] ~= '' then
  redis.call('LPUSH', KEYS[3], ARGV[5])
  redis.call('LTRIM', KEYS[3], 0, tonumber(ARGV[6]) - 1)
end

notePolledHealth(KEYS[16], ARGV[1], ARGV[26], job[7], tonumber(ARGV[4]) < 0)
if state ~= ARGV[3] then
  redis.call('ZREM', KEYS[7] .. ':' .. state, ARGV[1])
  redis.call('ZADD', KEYS[7] .. ':' .. ARGV[3], 0, ARGV[1])
  if ARGV[3] == 'completed' then
    learnDuration(KEYS[1], state, KEYS[4], KEYS[11], now)
  end
end
learnWaits(KEYS[4], now, ARGV[8], ARGV[9])
if ARGV[12] ~= '' then
  keepPage(KEYS[1], KEYS[9], ARGV[12], ARGV[13])
end
for i = firstEvent, firstCounter - 1, 2 do
  tellEvent(KEYS[5], KEYS[10], ARGV[10], ARGV[i], ARGV[i + 1])
end
countPolls(KEYS[12], { unpack(ARGV, firstCounter, firstField - 1) })
if ARGV[11] ~= '' then
  redis.call('SET', KEYS[6], ARGV[11])
end

local delay = tonumber(ARGV[4])
if delay < 0 and ARGV[3] == 'completed' then
  dropIdleToken(KEYS[1])
  armExpiry(KEYS[1], KEYS[14], KEYS[15], ARGV[1], ARGV[25])
  if redis.call('HEXISTS', KEYS[1], 'deleteUntil') == 1 then
    -- It was acknowledged during the refresh that is over now.
    delay = 0
  end
end
-- Whoever replaced the token while it was being refused must not wait for an operator who has already come.
if ARGV[14] ~= '' and redis.call('HGET', KEYS[1], 'sealedToken') ~= ARGV[14] then
  delay = math.min(delay, tonumber(ARGV[15]))
end
if delay >= 0 then
  local asked = ARGV[27] == '' and {} or { 'retryAfterUntil', now + tonumber(ARGV[27]) }
  redis.call('HSET', KEYS[1], 'notBefore', now + delay, 'dueAt', now + delay, unpack(asked))
  redis.call('ZADD', KEYS[2], now + delay, ARGV[1])
  return { 'again', delay, now, circuit, openJobs }
end

redis.call('ZREM', KEYS[2], ARGV[1])
local left = isAfterwards and 1 or redis.call('HINCRBY', KEYS[4], 'openJobs', -1)
if left <= 0 then
  -- Nobody probes it any more. One of its jobs was from before they were counted where there is less than none.
  redis.call('SREM', KEYS[13], KEYS[4])
  redis.call('HSET', KEYS[4], 'openJobs', 0)
end
if redis.call('GET', KEYS[8]) == ARGV[1] then
  redis.call('DEL', KEYS[8])
end
return { 'settled', ARGV[3], now, circuit }
