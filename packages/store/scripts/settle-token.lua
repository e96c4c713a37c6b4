-- Ends a turn at the token endpoint of one credential with what came of it: a token, an outage, or neither.
-- Fenced by the nonce: a turn that somebody else has taken over changes nothing. A resend answers alike.
--
-- KEYS  1 slot of the credential
-- ARGV  1 nonce of the turn   2 sealed token or ''   3 ms until it is to be renewed   4 ms until it expires
--       5 sealed outage or ''   6 ms until the outage ends   7 ms to keep the slot
-- Returns {'settled'} | {'stale'}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

local slot = redis.call('HMGET', KEYS[1], 'lock', 'generation', 'outageOf')
if slot[2] == ARGV[1] or slot[3] == ARGV[1] then
  return { 'settled' }
end
if slot[1] ~= ARGV[1] then
  return { 'stale' }
end
if ARGV[2] ~= '' then
  redis.call('HSET', KEYS[1], 'token', ARGV[2], 'generation', ARGV[1], 'renewAt', now + ARGV[3], 'expiresAt',
    now + ARGV[4])
  redis.call('HDEL', KEYS[1], 'outage', 'outageOf', 'outageEndsAt')
elseif ARGV[5] ~= '' then
  redis.call('HSET', KEYS[1], 'outage', ARGV[5], 'outageOf', ARGV[1], 'outageEndsAt', now + ARGV[6])
end
redis.call('HINCRBY', KEYS[1], 'version', 1)
redis.call('HDEL', KEYS[1], 'lock', 'lockedUntil')
redis.call('PEXPIRE', KEYS[1], ARGV[7])
return { 'settled' }
