-- Takes the turn to ask the token endpoint of one credential, unless somebody has it or the slot has changed since
-- it was read. A turn ends by itself, so that one that died with its process blocks nobody for long.
-- A resend with the same nonce answers alike.
--
-- KEYS  1 slot of the credential
-- ARGV  1 nonce of this turn   2 version as it was read   3 longest turn in ms   4 ms to keep the slot
-- Returns {'locked'} | {'held'} | {'changed'}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

local slot = redis.call('HMGET', KEYS[1], 'lock', 'lockedUntil', 'version')
if slot[1] == ARGV[1] then
  return { 'locked' }
end
if (slot[3] or '0') ~= ARGV[2] then
  return { 'changed' }
end
if now < tonumber(slot[2] or 0) then
  return { 'held' }
end
redis.call('HSET', KEYS[1], 'lock', ARGV[1], 'lockedUntil', now + ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return { 'locked' }
