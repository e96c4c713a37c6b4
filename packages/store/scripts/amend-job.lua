-- Changes what may be changed of an open job: fields, and, where it waits for credentials, when it is due. The
-- caller worked from the record as it was at `version`; when that has changed since, nothing is done.
--
-- KEYS  1 record of the job   2 due index
-- ARGV  1 job id   2 version   3 instant from which it may be polled now, '' where the due instant stays
--       4 number of fields to clear, then their names, then fields and values to set
-- Returns {'amended', wake, ms until due} | {'settled'} | {'changed'} | {'missing'}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

local job = redis.call('HMGET', KEYS[1], 'state', 'version', 'epoch', 'appliedEpoch', 'intent', 'notBefore', 'wake')
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

-- A poll in flight has its wait still to come, and a delete request waits for nothing anyway.
local isIdle = job[3] == job[4] and not job[5]
local notBefore, earliest = tonumber(job[6] or 0), tonumber(ARGV[3])
if earliest and isIdle and math.max(earliest, now) < notBefore then
  notBefore = math.max(earliest, now)
  redis.call('HSET', KEYS[1], 'notBefore', notBefore, 'dueAt', notBefore)
  redis.call('HDEL', KEYS[1], 'nonce', 'spreadFrom')
  redis.call('ZADD', KEYS[2], notBefore, ARGV[1])
  return { 'amended', redis.call('HINCRBY', KEYS[1], 'wake', 1), notBefore - now }
end
return { 'amended', tonumber(job[7] or 0), math.max(0, notBefore - now) }
