-- Gives an overdue job a new canonical wake-up, so that any older one that turns up is dropped.
-- Only when the job is still overdue and its wake-up is still the one that was seen to be lost.
--
-- KEYS  1 record of the job   2 due index
-- ARGV  1 job id   2 number of the lost wake-up   3 grace in ms
-- Returns {'rescued', wake} | {'fine'} | {'gone'}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

local job = redis.call('HMGET', KEYS[1], 'state', 'wake', 'notBefore', 'refreshUntil', 'deleteUntil')
if job[1] ~= 'registered' and job[1] ~= 'in-progress' and not job[4] and not job[5] then
  redis.call('ZREM', KEYS[2], ARGV[1])
  return { 'gone' }
end
if (job[2] or '0') ~= ARGV[2] or now < tonumber(job[3] or 0) + tonumber(ARGV[3]) then
  return { 'fine' }
end
return { 'rescued', tostring(redis.call('HINCRBY', KEYS[1], 'wake', 1)) }
