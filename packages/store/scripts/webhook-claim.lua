-- Grants a turn: the right to send some deliveries to one receiver, and nobody else any, until all of them are settled
-- or the lease has run out. A receiver that fails is sent one at a time. A resend with the same nonce answers alike.
-- Uses lib/webhook-receiver.lua.
--
-- KEYS  1 record of the receiver   2 what is pending there   3 due receivers
-- ARGV  1 id of the receiver   2 nonce of this claim   3 deliveries at most   4 lease in ms   5 ms to keep the record
-- Returns {'idle'} | {'claimed', epoch, now, delivery id, ...}; 'idle' where nothing is due, or somebody has the turn
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

local record = redis.call('HMGET', KEYS[1], 'nonce', 'epoch', 'turn', 'failures')
local function claimed(epoch, ids)
  return { 'claimed', epoch, now, unpack(ids) }
end

if record[1] == ARGV[2] then
  local ids = {}
  for id in string.gmatch(record[3] or '', '%S+') do
    ids[#ids + 1] = id
  end
  return claimed(record[2], ids)
end
-- Whoever was rung has come.
redis.call('HDEL', KEYS[1], 'rungUntil')
local most = tonumber(record[4] or 0) > 0 and 1 or tonumber(ARGV[3])
local ids = now < restsUntil(KEYS[1]) and {}
  or redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, most)
if #ids == 0 then
  nextLook(KEYS[1], KEYS[2], KEYS[3], ARGV[1], now)
  return { 'idle' }
end
local leaseUntil = now + tonumber(ARGV[4])
local epoch = redis.call('HINCRBY', KEYS[1], 'epoch', 1)
redis.call('HSET', KEYS[1], 'nonce', ARGV[2], 'turn', table.concat(ids, ' '), 'leaseUntil', leaseUntil)
redis.call('PEXPIRE', KEYS[1], ARGV[5])
redis.call('ZADD', KEYS[3], leaseUntil, ARGV[1])
return claimed(epoch, ids)
