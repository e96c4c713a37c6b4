-- Changes what may be changed of an open job: fields, and, where it waits for credentials, when it is due. The
-- caller worked from the record as it was at `version`; when that has changed since, nothing is done.
--
-- KEYS  1 record of the job   2 due index
-- ARGV  1 job id   2 version   3 instant from which it may be polled now, '' where the due instant stays
--       4 number of fields to clear, then their names, then fields and values to set
-- Returns {'amended', wake, ms until due} | {'settled'} | {'changed'} | {'missing'}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

local job = redis.call('HMGET', KEYS[1], 'state', 'version', 'epoch', 'appliedEpoch', 'intent', 'notBefore', 'wake',
  'heldBy')
if not job[1] then
  return { 'missing' }
end
if job[1] ~= 'registered' and job[1] ~= 'in-progress' then
  return { 'settled' }
end
if job[2] ~= ARGV[2] then
  return { 'changed' }
end

local firstField = 5 + tonumber(ARGV[4])
if firstField > 5 then
  redis.call('HDEL', KEYS[1], unpack(ARGV, 5, firstField - 1))
end
if ARGV[firstField] then
  redis.call('HSET', KEYS[1], unpack(ARGV, firstField))
end
redis.call('HINCRBY', KEYS[1], 'version', 1)

local notBefore, earliest = tonumber(job[6] or 0), tonumber(ARGV[3])
local function wakeAt(instant)
  redis.call('HSET', KEYS[1], 'notBefore', instant, 'dueAt', instant)
  redis.call('HDEL', KEYS[1], 'nonce', 'turn')
  redis.call('ZADD', KEYS[2], instant, ARGV[1])
  return { 'amended', redis.call('HINCRBY', KEYS[1], 'wake', 1), instant - now }
end

if job[8] == 'paused' and not job[5] then
  -- It is held until its deadline, so it follows that.
  local heldUntil = math.max(now, tonumber(redis.call('HGET', KEYS[1], 'deadlineAt')))
  if heldUntil ~= notBefore then
    return wakeAt(heldUntil)
  end
  return { 'amended', tonumber(job[7] or 0), math.max(0, notBefore - now) }
end
-- A poll in flight has its wait still to come, and a delete request waits for nothing anyway.
local isIdle = job[3] == job[4] and not job[5]
if earliest and isIdle and math.max(earliest, now) < notBefore then
  redis.call('HDEL', KEYS[1], 'heldBy')
  return wakeAt(math.max(earliest, now))
end
return { 'amended', tonumber(job[7] or 0), math.max(0, notBefore - now) }
