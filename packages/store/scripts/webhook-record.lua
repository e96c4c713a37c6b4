-- Records a delivery: one event on its way to one webhook. What is recorded is sent, whoever dies; a second call with
-- the same id, for an entry of the stream that is read again, changes nothing.
-- Uses lib/webhook-receiver.lua and lib/keep-longer.lua.
--
-- KEYS  1 record of the delivery   2 target: record of the endpoint or the job   3 record of the receiver
--       4 what is pending there   5 due receivers   6 log of the endpoint, or of the job   7 log of the job, or the same
--       8 body
-- ARGV  1 delivery id   2 id of the receiver   3 ms to keep it   4 ids before this one are too old for a log
--       5 body   6 '1' to send it also where the target is disabled   7.. fields and values of the record
-- Returns {'recorded', number of the ring to send or ''} | {'held'} | {'known'} | {'gone'}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

if redis.call('EXISTS', KEYS[1]) == 1 then
  return { 'known' }
end
local target = redis.call('HMGET', KEYS[2], 'webhookUrl', 'webhookDisabledAt')
if not target[1] then
  return { 'gone' }
end
local keepMs = tonumber(ARGV[3])
redis.call('HSET', KEYS[1], 'createdAt', now, 'tries', 0, 'attemptCount', 0, unpack(ARGV, 7))
redis.call('PEXPIRE', KEYS[1], keepMs)
redis.call('HSETNX', KEYS[8], 'json', ARGV[5])
redis.call('HINCRBY', KEYS[8], 'deliveries', 1)
keepLonger(KEYS[8], keepMs)
for i = 6, KEYS[7] == KEYS[6] and 6 or 7 do
  redis.call('ZADD', KEYS[i], 0, ARGV[1])
  redis.call('ZREMRANGEBYLEX', KEYS[i], '-', '(' .. ARGV[4])
  redis.call('PEXPIRE', KEYS[i], keepMs)
end
if target[2] and ARGV[6] ~= '1' then
  return { 'held' }
end
redis.call('ZADD', KEYS[4], now, ARGV[1])
return { 'recorded', ringReceiver(KEYS[3], KEYS[5], ARGV[2], now, keepMs) }
