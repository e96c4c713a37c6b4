-- Grants the right to send one request for a job, judged by this Redis's clock, and writes ahead the earliest
-- instant of the next one, so that an answer that dies with its worker cannot lead to an early poll.
-- No write, no poll: a full or read-only Redis stops polling. A resend with the same nonce answers alike.
-- Uses lib/provider-turns.lua and lib/provider-gate.lua.
--
-- KEYS  1 record of the job   2 due index   3 base of the provider records   4 record of the house
-- ARGV  1 job id   2 number of the wake-up   3 nonce of this claim   4 request budget in ms   5 floor in ms
--       6 limits of a provider that has none of its own: requests in flight, per second, at once
--       7 shortest wait in ms for a pause by an operator   8 longest one   9 dice in [0, 1)
--       10 ms for which a delete request is tried
-- Returns {'missing'} | {'settled'} | {'superseded'} 
--       | {'early', remainingMs, now, what holds it or '' before it is due, open jobs of its provider}
--       | {'claimed', epoch, now, dueAt, action, values of the fields below, of the provider and of the job}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

local record = redis.call('HMGET', KEYS[1], 'state', 'wake', 'notBefore', 'epoch', 'nonce', 'provider',
  'retryAfterMs', 'intent', 'dueAt', 'deadlineAt', 'tenant', 'turn', 'heldBy', 'pausedAt', 'forced',
  'refreshUntil', 'cancelRequestedAt', 'deleteUntil')
local state, wake, nonce = record[1], record[2] or '0', record[5]
local notBefore, epoch = tonumber(record[3] or 0), tonumber(record[4] or 0)
local provider, dueAt = KEYS[3] .. ':' .. (record[6] or ''), record[9] or now
local isForced, refreshUntil, deleteUntil = record[15] == '1', record[16], record[18]
local intent = record[8] or (deleteUntil and not refreshUntil and 'delete')
-- A refresh of a completed job has another deadline, and so has a delete request.
local deadlineAt = record[8] and tonumber(record[17] or now) + tonumber(ARGV[10])
  or tonumber(refreshUntil or deleteUntil or record[10] or math.huge)

local gate = readGate(provider, ARGV[6], now)

local function claimed(number, action)
  local job = redis.call('HMGET', KEYS[1], 'tenant', 'statusUrl', 'protocol', 'provider', 'credential',
    'sealedToken', 'state', 'progress', 'deadlineAt', 'failureCount', 'failingSince', 'backoffCount',
    'suspectReason', 'suspectCount', 'cancelRequestedAt', 'preset', 'health', 'memory', 'sealedStatusUrl',
    'urlFingerprint', 'retryAfterMs', 'reason', 'progressPercent', 'movedAt', 'stalledAt', 'percentFrom',
    'percentFromAt', 'retryAfterUntil', 'refreshUntil', 'manifestVersion', 'deleteUntil', 'traceparent')
  return { 'claimed', number, now, dueAt, action, gate.history[1], gate.history[2], gate.history[3], unpack(job, 1, 32) }
end

if not state then
  redis.call('ZREM', KEYS[2], ARGV[1])
  return { 'missing' }
end
if state ~= 'registered' and state ~= 'in-progress' and not (refreshUntil or deleteUntil) then
  return { 'settled' }
end
if wake ~= ARGV[2] then
  return { 'superseded' }
end
if nonce == ARGV[3] then
  return claimed(epoch, redis.call('HGET', KEYS[1], 'action'))
end
if now < notBefore then
  return { 'early', notBefore - now, now, '', gate.openJobs }
end

-- The claim, and the instant before which there is no other one.
local function grant(action, waitMs)
  local ahead = now + tonumber(ARGV[4]) + waitMs
  redis.call('HSET', KEYS[1], 'epoch', epoch + 1, 'nonce', ARGV[3], 'action', action, 'notBefore', ahead)
  if record[12] or record[13] or record[15] then
    redis.call('HDEL', KEYS[1], 'turn', 'heldBy', 'forced')
  end
  redis.call('ZADD', KEYS[2], ahead, ARGV[1])
  return claimed(epoch + 1, action)
end

-- Not before `instant`. A turn at the gate is worth waiting for, also past the deadline: the last poll may bring the
-- manifest. Where nobody wants any poll, the deadline ends the job without one (action `abandon`); and then it is not the poll that is
-- late, so its due instant moves.
local function hold(instant, by, turn)
  local takesTurn = by == 'pace' or by == 'concurrency'
  if not takesTurn then
    if now >= deadlineAt then
      return grant('abandon', tonumber(ARGV[5]))
    end
    instant = math.min(instant, deadlineAt)
    redis.call('HSET', KEYS[1], 'dueAt', instant)
  end
  instant = math.max(now + 1, instant)
  redis.call('HSET', KEYS[1], 'notBefore', instant, 'heldBy', by)
  if turn then
    redis.call('HSET', KEYS[1], 'turn', turn)
  end
  redis.call('ZADD', KEYS[2], instant, ARGV[1])
  return { 'early', instant - now, now, by, gate.openJobs }
end

-- Nobody wakes the jobs of a provider that goes on, so they look for themselves: the more jobs, the less often.
local function holdWhilePaused(by)
  local stretch = math.max(tonumber(ARGV[7]), math.min(2 * redis.call('ZCARD', KEYS[2]), tonumber(ARGV[8])))
  return hold(now + math.ceil(stretch * (0.5 + tonumber(ARGV[9]) / 2)), by)
end

if record[14] and not intent then
  return hold(deadlineAt, 'paused')
end
local operator = redis.call('HEXISTS', KEYS[4], 'operatorPausedAt') == 1 and 'all-paused'
  or gate.operatorPausedAt and 'provider-paused'
if operator then
  return holdWhilePaused(operator)
end
local instant, by, turn = waitAtGate(gate, {
  tenant = record[11],
  turn = record[12] and tonumber(record[12]),
  budgetMs = tonumber(ARGV[4]),
  -- A forced poll passes a line that stands for what it passes. A cancel's delete request waits for no Retry-After.
  passes = { wait = record[8] or isForced, circuit = isForced, turns = record[8] or isForced and gate.isStanding },
})
if instant then
  return hold(instant, by, turn)
end
enterGate(gate, ARGV[1] .. ':' .. epoch + 1, tonumber(ARGV[4]))

local wait = tonumber(ARGV[5])
if not intent then
  wait = math.max(wait, tonumber(record[7] or 0), gate.retryAfterMs)
end
return grant(intent or 'poll', wait)
