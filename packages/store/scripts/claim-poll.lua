-- Grants the right to send one request for a job, judged by this Redis's clock, and writes ahead the earliest
-- instant of the next one, so that an answer that dies with its worker cannot lead to an early poll.
-- No write, no poll: a full or read-only Redis stops polling. A resend with the same nonce answers alike.
--
-- KEYS  1 record of the job   2 due index   3 base of the provider records
-- ARGV  1 job id   2 number of the wake-up   3 nonce of this claim   4 request budget in ms   5 floor in ms
--       6 lateness in ms beyond which an overdue poll is spread   7 ms of spread per overdue job
--       8 longest spread in ms   9 dice in [0, 1)
-- Returns {'missing'} | {'settled'} | {'superseded'} | {'early', remainingMs, now}
--       | {'claimed', epoch, now, dueAt, action, values of the fields below in their order}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

local gate = redis.call('HMGET', KEYS[1], 'state', 'wake', 'notBefore', 'epoch', 'nonce', 'provider',
  'retryAfterMs', 'intent', 'dueAt', 'spreadFrom')
local state, wake, nonce = gate[1], gate[2] or '0', gate[5]
local notBefore, epoch = tonumber(gate[3] or 0), tonumber(gate[4] or 0)
local provider, retryAfterMs, intent, dueAt, spreadFrom = KEYS[3] .. ':' .. (gate[6] or ''), gate[7], gate[8],
  gate[9] or now, gate[10]

local function claimed(number)
  local job = redis.call('HMGET', KEYS[1], 'tenant', 'statusUrl', 'protocol', 'provider', 'credential',
    'sealedToken', 'state', 'progress', 'deadlineAt', 'failureCount', 'failingSince', 'backoffCount',
    'suspectReason', 'suspectCount', 'cancelRequestedAt', 'preset', 'health', 'memory', 'sealedStatusUrl',
    'urlFingerprint', 'retryAfterMs')
  return { 'claimed', number, now, dueAt, intent or 'poll', unpack(job, 1, 21) }
end

-- Not before `instant`; the due instant that lateness is measured from stays, unless it is among the fields.
local function hold(instant, ...)
  redis.call('HSET', KEYS[1], 'notBefore', instant, ...)
  redis.call('ZADD', KEYS[2], instant, ARGV[1])
  return { 'early', instant - now, now }
end

if not state then
  redis.call('ZREM', KEYS[2], ARGV[1])
  return { 'missing' }
end
if state ~= 'registered' and state ~= 'in-progress' then
  return { 'settled' }
end
if wake ~= ARGV[2] then
  return { 'superseded' }
end
if nonce == ARGV[3] then
  return claimed(epoch)
end
if now < notBefore then
  return { 'early', notBefore - now, now }
end

local learnt = redis.call('HMGET', provider, 'pausedUntil', 'retryAfterMs')
if not intent then
  local pausedUntil = tonumber(learnt[1] or 0)
  if now < pausedUntil then
    -- Everybody held back by the pause comes back after it, not all in the same instant.
    -- It is the provider that moved the due instant, so the poll is not late by it.
    local stretch = math.min((pausedUntil - now) / 10, tonumber(ARGV[8]))
    local instant = pausedUntil + math.ceil(stretch * tonumber(ARGV[9]))
    return hold(instant, 'dueAt', instant)
  end
  -- After an outage everything is overdue at once: each overdue poll is spread once over a stretch that
  -- grows with their number.
  if now - notBefore > tonumber(ARGV[6]) and not spreadFrom then
    local overdue = redis.call('ZCOUNT', KEYS[2], '-inf', now)
    local stretch = math.min(overdue * tonumber(ARGV[7]), tonumber(ARGV[8]))
    local wait = math.ceil(stretch * tonumber(ARGV[9]))
    if wait > 0 then
      return hold(now + wait, 'spreadFrom', dueAt)
    end
  end
end

-- A delete request waits for nobody's Retry-After, neither now nor when it must be sent again.
local wait = tonumber(ARGV[5])
if not intent then
  wait = math.max(wait, tonumber(retryAfterMs or 0), tonumber(learnt[2] or 0))
end
local ahead = now + tonumber(ARGV[4]) + wait
redis.call('HSET', KEYS[1], 'epoch', epoch + 1, 'nonce', ARGV[3], 'notBefore', ahead)
redis.call('ZADD', KEYS[2], ahead, ARGV[1])
return claimed(epoch + 1)
