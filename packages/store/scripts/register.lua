-- Begins to track a status URL: record, due index and event, all or nothing.
-- A second call with the same id (a client that resends after a lost reply) changes nothing and answers alike.
-- Uses lib/tell-event.lua and lib/open-webhooks.lua.
--
-- KEYS  1 record of the job   2 open job of this tenant and status URL   3 due index   4 event stream
--       5 base of the tenant's state indexes   6 Idempotency-Key entry (any key of the tag where none)   7 tenants
--       8 event stream of the tenant, the whole one where it has none of its own   9 origins of all providers
--       10 record of the provider   11 record of webhooks
-- ARGV  1 job id   2 tenant   3 ms until the first poll   4 event JSON   5 channel   6 stream length
--       7 fingerprints of the request, one for each key that they may be made with, between blanks, the first to be
--       kept; '' without Idempotency-Key   8 ms for which that key is kept
--       9 origin of the provider   10 '1' where the job has a webhook, ''   11.. fields and values of the record
-- Returns {'created', id, now, open jobs of its provider} | {'existing', id, now} | {'idempotency-key-reused', '', now}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

local function remember(id)
  if ARGV[7] ~= '' then
    redis.call('SET', KEYS[6], string.match(ARGV[7], '^%S+') .. ' ' .. id, 'PX', ARGV[8])
  end
end

local function known(id)
  return { id == ARGV[1] and 'created' or 'existing', id, now }
end

if ARGV[7] ~= '' then
  local entry = redis.call('GET', KEYS[6])
  if entry then
    local fingerprint, id = string.match(entry, '^(%S+) (%S+)$')
    if not string.find(' ' .. ARGV[7] .. ' ', ' ' .. fingerprint .. ' ', 1, true) then
      return { 'idempotency-key-reused', '', now }
    end
    -- One that has been removed since is as good as never registered. Its record is beside that of this one.
    if redis.call('EXISTS', string.sub(KEYS[1], 1, -1 - #ARGV[1]) .. id) == 1 then
      return known(id)
    end
  end
end

local open = redis.call('GET', KEYS[2])
if open then
  remember(open)
  return known(open)
end

local dueAt = now + tonumber(ARGV[3])
redis.call('HSET', KEYS[1], 'epoch', 0, 'wake', 1, 'version', 1, 'notBefore', dueAt, 'dueAt', dueAt,
  unpack(ARGV, 11))
if dueAt > now then
  -- The kick-off's Retry-After, by this clock: the caller's notion of it may be behind.
  redis.call('HSET', KEYS[1], 'retryAfterUntil', dueAt)
end
redis.call('SET', KEYS[2], ARGV[1])
redis.call('ZADD', KEYS[3], dueAt, ARGV[1])
redis.call('ZADD', KEYS[5] .. ':registered', 0, ARGV[1])
redis.call('SADD', KEYS[7], ARGV[2])
redis.call('SADD', KEYS[9], ARGV[9])
local openJobs = redis.call('HINCRBY', KEYS[10], 'openJobs', 1)
if ARGV[10] == '1' then
  -- Before the first event, so that it is posted too.
  openWebhooks(KEYS[11], KEYS[4])
end
tellEvent(KEYS[4], KEYS[8], ARGV[6], ARGV[5], ARGV[4])
remember(ARGV[1])
return { 'created', ARGV[1], now, openJobs }
