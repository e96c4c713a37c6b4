-- Hands a delivery that is still to be sent from one receiver to another: its job's webhook has moved. A resend changes
-- nothing. Uses lib/webhook-receiver.lua.
--
-- KEYS  1 record of the delivery   2 what is pending where it was   3 record of the new receiver   4 what is pending there
--       5 due receivers
-- ARGV  1 delivery id   2 id of the new receiver   3 ms to keep the record
-- Returns {'moved'} | {'settled'}; who rings for what is due rings for it
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

if redis.call('ZREM', KEYS[2], ARGV[1]) == 0 then
  return { 'settled' }
end
redis.call('HSET', KEYS[1], 'receiverId', ARGV[2])
redis.call('ZADD', KEYS[4], now, ARGV[1])
ringReceiver(KEYS[3], KEYS[5], ARGV[2], now, tonumber(ARGV[3]))
return { 'moved' }
