-- Has a delivery sent again, with all its attempts before it. A resend with the same nonce changes nothing.
-- Uses lib/webhook-receiver.lua and lib/keep-longer.lua.
--
-- KEYS  1 record of the delivery   2 record of the receiver   3 what is pending there   4 due receivers   5 target
--       6 body   7 attempts
-- ARGV  1 delivery id   2 id of the receiver   3 nonce of this call   4 ms to keep the records
--       5 state in which it has to be, '' for any
-- Returns {'replayed', number of the ring to send or ''} | {'disabled'} | {'gone'} | {'other'}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

local delivery = redis.call('HMGET', KEYS[1], 'createdAt', 'state', 'replayNonce')
local target = redis.call('HMGET', KEYS[5], 'webhookUrl', 'webhookDisabledAt')
if not delivery[1] or not target[1] or redis.call('EXISTS', KEYS[6]) == 0 then
  return { 'gone' }
end
if delivery[3] == ARGV[3] then
  return { 'replayed', '' }
end
if target[2] then
  return { 'disabled' }
end
local state = delivery[2] or redis.call('ZSCORE', KEYS[3], ARGV[1]) and 'pending' or 'held'
if ARGV[5] ~= '' and state ~= ARGV[5] then
  return { 'other' }
end
redis.call('HDEL', KEYS[1], 'state')
redis.call('HSET', KEYS[1], 'tries', 0, 'replayNonce', ARGV[3])
for _, key in ipairs({ KEYS[1], KEYS[6], KEYS[7] }) do
  keepLonger(key, tonumber(ARGV[4]))
end
redis.call('ZADD', KEYS[3], now, ARGV[1])
-- Whoever asks for it knows that the receiver is back, or wants to know; what that asked for itself stays.
redis.call('HDEL', KEYS[2], 'probeAt')
return { 'replayed', ringReceiver(KEYS[2], KEYS[4], ARGV[2], now, tonumber(ARGV[4])) }
