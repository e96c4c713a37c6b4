-- Notes that a provider accepted the token in force. Whoever is refused with it from now on is so for reasons of
-- his own: for a while his word does not cost the others their token. After that the pauses begin anew.
--
-- KEYS  1 slot of the credential
-- ARGV  1 generation of the token   2 ms for which it is not replaced
-- Returns {'confirmed'} | {'stale'}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

if redis.call('HGET', KEYS[1], 'generation') ~= ARGV[1] then
  return { 'stale' }
end
redis.call('HDEL', KEYS[1], 'replacedCount')
redis.call('HSET', KEYS[1], 'replaceNotBefore', now + ARGV[2])
return { 'confirmed' }
