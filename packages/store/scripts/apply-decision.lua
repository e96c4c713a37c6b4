-- Writes what a poll came to: record, due index, timeline, what was learnt of the provider, a page of the manifest
-- and the events, all or nothing. Fenced by the epoch of the claim; a resend after a lost reply answers alike.
--
-- KEYS  1 record of the job   2 due index   3 timeline of the job   4 record of the provider   5 event stream
--       6 manifest of the job   7 base of the tenant's state indexes   8 open job of this tenant and status URL
--       9 pages of the manifest of the job
--       10 event stream of the tenant, the whole one where it has none of its own
-- ARGV  1 job id   2 epoch of the claim   3 state from now on   4 ms until the next poll, -1 when settled
--       5 timeline entry JSON   6 timeline length   7 polls to count (0 or 1)
--       8 Retry-After learnt of the provider in ms, ''   9 ms for which the whole provider waits, ''
--       10 stream length   11 manifest, ''   12 fingerprint of a page's URL, ''   13 the page, ''
--       14 sealed token that was refused, ''   15 ms until the next poll where it has been replaced meanwhile
--       16 number of fields to clear   17 number of events, then the names of those fields, channel and JSON of each
--       event, and fields and values to set
-- Returns {'again', remainingMs, now} | {'settled', state, now} | {'stale', '', now}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

local job = redis.call('HMGET', KEYS[1], 'state', 'epoch', 'appliedEpoch', 'notBefore')
local state, epoch, applied, notBefore = job[1], job[2], job[3], tonumber(job[4] or 0)
local open = state == 'registered' or state == 'in-progress'

if applied == ARGV[2] and epoch == ARGV[2] then
  if open then
    return { 'again', math.max(0, notBefore - now), now }
  end
  return { 'settled', state, now }
end
if not open or epoch ~= ARGV[2] then
  return { 'stale', '', now }
end

local firstEvent = 18 + tonumber(ARGV[16])
local firstField = firstEvent + 2 * tonumber(ARGV[17])
if firstEvent > 18 then
  redis.call('HDEL', KEYS[1], unpack(ARGV, 18, firstEvent - 1))
end
redis.call('HSET', KEYS[1], 'state', ARGV[3], 'appliedEpoch', ARGV[2], unpack(ARGV, firstField))
redis.call('HINCRBY', KEYS[1], 'version', 1)
if ARGV[7] ~= '0' then
  redis.call('HINCRBY', KEYS[1], 'pollCount', ARGV[7])
end
redis.call('LPUSH', KEYS[3], ARGV[5])
redis.call('LTRIM', KEYS[3], 0, tonumber(ARGV[6]) - 1)

if state ~= ARGV[3] then
  redis.call('ZREM', KEYS[7] .. ':' .. state, ARGV[1])
  redis.call('ZADD', KEYS[7] .. ':' .. ARGV[3], 0, ARGV[1])
end
if ARGV[8] ~= '' then
  redis.call('HSET', KEYS[4], 'retryAfterMs', ARGV[8])
end
if ARGV[9] ~= '' then
  local until_ = now + tonumber(ARGV[9])
  if until_ > tonumber(redis.call('HGET', KEYS[4], 'pausedUntil') or 0) then
    redis.call('HSET', KEYS[4], 'pausedUntil', until_)
  end
end
if ARGV[12] ~= '' then
  -- Numbered in the order of their first arrival: a page that is met again is kept as it was.
  redis.call('HSETNX', KEYS[9], ARGV[12], redis.call('HLEN', KEYS[9]) + 1 .. ' ' .. ARGV[13])
end
for i = firstEvent, firstField - 1, 2 do
  redis.call('XADD', KEYS[5], 'MAXLEN', '~', ARGV[10], '*', 'event', ARGV[i + 1])
  if KEYS[10] ~= KEYS[5] then
    redis.call('XADD', KEYS[10], 'MAXLEN', '~', ARGV[10], '*', 'event', ARGV[i + 1])
  end
  redis.call('PUBLISH', ARGV[i], ARGV[i + 1])
end

local delay = tonumber(ARGV[4])
-- Whoever replaced the token while it was being refused must not wait for an operator who has already come.
if ARGV[14] ~= '' and redis.call('HGET', KEYS[1], 'sealedToken') ~= ARGV[14] then
  delay = math.min(delay, tonumber(ARGV[15]))
end
if delay >= 0 then
  redis.call('HSET', KEYS[1], 'notBefore', now + delay, 'dueAt', now + delay)
  redis.call('HDEL', KEYS[1], 'spreadFrom')
  redis.call('ZADD', KEYS[2], now + delay, ARGV[1])
  return { 'again', delay, now }
end

if ARGV[11] ~= '' then
  redis.call('SET', KEYS[6], ARGV[11])
end
redis.call('ZREM', KEYS[2], ARGV[1])
if redis.call('GET', KEYS[8]) == ARGV[1] then
  redis.call('DEL', KEYS[8])
end
return { 'settled', ARGV[3], now }
