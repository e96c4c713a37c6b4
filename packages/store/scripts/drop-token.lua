-- Takes a token that a provider refused out of force, for the whole fleet, if it still is in force. While one
-- replacement after the other is refused, the next is to be had only after a growing pause.
-- A resend finds the token gone and answers 'replaced', which to the caller means the same.
--
-- KEYS  1 slot of the credential
-- ARGV  1 generation of the token   2 first pause in ms   3 longest pause in ms   4 ms to keep the slot
-- Returns {'dropped'} | {'replaced'} | {'too-soon'}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

local slot = redis.call('HMGET', KEYS[1], 'generation', 'replaceNotBefore')
if slot[1] ~= ARGV[1] then
  return { 'replaced' }
end
if now < tonumber(slot[2] or 0) then
  return { 'too-soon' }
end
local count = redis.call('HINCRBY', KEYS[1], 'replacedCount', 1)
local pause = math.min(ARGV[2] * 2 ^ (count - 1), tonumber(ARGV[3]))
redis.call('HSET', KEYS[1], 'replaceNotBefore', now + pause)
redis.call('HDEL', KEYS[1], 'token', 'generation', 'renewAt', 'expiresAt')
redis.call('HINCRBY', KEYS[1], 'version', 1)
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return { 'dropped' }
