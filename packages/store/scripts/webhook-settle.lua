-- Writes what became of one delivery of a turn: its record, its log, what it tells of the receiver and of the target, and
-- where that disables the target, the event. Fenced by the epoch of the turn; a resend changes nothing. The last one
-- ends the turn.
-- Uses lib/webhook-receiver.lua, lib/webhook-target.lua, lib/keep-longer.lua and lib/tell-event.lua.
--
-- KEYS  1 record of the delivery   2 its attempts   3 record of the receiver   4 what is pending there   5 due receivers
--       6 target   7 failing webhooks   8 disabled webhooks   9 body   10 event stream   11 event stream of the tenant
-- ARGV  1 delivery id   2 id of the receiver   3 epoch   4 'delivered', 'retry', 'failed', 'held', 'gone' or 'unsent'
--       5 ms until the next attempt   6 attempt JSON, '' without one   7 attempts that are kept
--       8 what it tells of the receiver: 'up', 'down' or 'nothing'   9 Retry-After in ms, 0 without
--       10 ms until a failing receiver is probed for the first time   11 at most   12 ms to keep the records
--       13 what it tells of the target: 'success', 'failure' or 'nothing'   14 reason of the failure
--       15 why the target is disabled now, ''   16 as long as it has been failing since, '' whatever it is
--       17 event JSON   18 channel   19 stream length   20 '1' where all that is pending there is the target's
-- Returns {'stale'} | {'settled', ms until something is due at the receiver, -1 for never or while the turn goes on,
-- 1 if this disabled the target else 0}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

local record = redis.call('HMGET', KEYS[3], 'epoch', 'turn', 'failures', 'failedEpoch', 'askedUntil')
if record[1] ~= ARGV[3] then
  return { 'stale' }
end
local rest, isOpen = {}, false
for id in string.gmatch(record[2] or '', '%S+') do
  if id == ARGV[1] then
    isOpen = true
  else
    rest[#rest + 1] = id
  end
end

local outcome, keepMs = ARGV[4], tonumber(ARGV[12])
local disabledNow = false
local function settle()
  if ARGV[8] == 'up' then
    redis.call('HDEL', KEYS[3], 'failures', 'probeAt', 'failedEpoch')
  elseif ARGV[8] == 'down' then
    local failures = tonumber(record[3] or 0)
    if record[4] ~= ARGV[3] then
      failures = redis.call('HINCRBY', KEYS[3], 'failures', 1)
    end
    local wait = math.min(tonumber(ARGV[10]) * 2 ^ math.min(failures - 1, 30), tonumber(ARGV[11]))
    redis.call('HSET', KEYS[3], 'failedEpoch', ARGV[3], 'probeAt', math.ceil(now + wait))
  end
  local asked = now + tonumber(ARGV[9])
  if ARGV[9] ~= '0' and asked > tonumber(record[5] or 0) then
    redis.call('HSET', KEYS[3], 'askedUntil', asked)
  end
  keepLonger(KEYS[3], math.max(restsUntil(KEYS[3]) - now, keepMs))

  local target = redis.call('HMGET', KEYS[6], 'webhookUrl', 'webhookDisabledAt')
  if target[1] and ARGV[13] == 'success' then
    targetSucceeded(KEYS[6], KEYS[7])
  elseif target[1] and not target[2] and ARGV[13] == 'failure' then
    local since = targetFailed(KEYS[6], KEYS[7], now, ARGV[14])
    if ARGV[15] ~= '' and (ARGV[16] == '' or ARGV[16] == since) then
      disabledNow = disableTarget(KEYS[6], KEYS[7], KEYS[8], now, ARGV[15])
    end
    if disabledNow then
      tellEvent(KEYS[10], KEYS[11], ARGV[19], ARGV[18], ARGV[17])
      if ARGV[20] == '1' then
        redis.call('UNLINK', KEYS[4])
      end
    end
  end

  local isHeld = disabledNow or target[2] and ARGV[13] ~= 'nothing'
  if outcome == 'retry' and not isHeld then
    redis.call('ZADD', KEYS[4], now + tonumber(ARGV[5]), ARGV[1])
    keepMs = keepMs + tonumber(ARGV[5])
  elseif outcome ~= 'unsent' then
    redis.call('ZREM', KEYS[4], ARGV[1])
  end
  if redis.call('EXISTS', KEYS[1]) == 0 then
    return
  end
  if outcome == 'delivered' or outcome == 'failed' then
    redis.call('HSET', KEYS[1], 'state', outcome)
  end
  if outcome == 'failed' then
    -- Where nothing else is tried, as with a job that has ended, no success would ever end it. Another failure puts it back.
    redis.call('ZREM', KEYS[7], KEYS[6])
  end
  if ARGV[6] ~= '' then
    redis.call('HINCRBY', KEYS[1], 'attemptCount', 1)
    redis.call('HINCRBY', KEYS[1], 'tries', 1)
    redis.call('LPUSH', KEYS[2], ARGV[6])
    redis.call('LTRIM', KEYS[2], 0, tonumber(ARGV[7]) - 1)
    for _, key in ipairs({ KEYS[1], KEYS[2], KEYS[9] }) do
      keepLonger(key, keepMs)
    end
  end
end

if isOpen then
  settle()
  redis.call('HSET', KEYS[3], 'turn', table.concat(rest, ' '))
end
if #rest > 0 then
  return { 'settled', -1, disabledNow and 1 or 0 }
end
redis.call('HDEL', KEYS[3], 'leaseUntil')
return { 'settled', nextLook(KEYS[3], KEYS[4], KEYS[5], ARGV[2], now), disabledNow and 1 or 0 }
