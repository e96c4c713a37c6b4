-- Reads what the fleet knows of one credential's access token. Instants come as what is left until them by this
-- Redis's clock, in ms, which is 0 or less when they are over or were never set.
--
-- KEYS  1 slot of the credential
-- ARGV  none
-- Returns {version, generation, token, renewInMs, expiresInMs, replacedCount, outage, outageEndsInMs, lockedForMs}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

local slot = redis.call('HMGET', KEYS[1], 'version', 'generation', 'token', 'renewAt', 'expiresAt', 'replacedCount',
  'outage', 'outageEndsAt', 'lockedUntil')
local function left(instant)
  return math.max(tonumber(instant or 0) - now, 0)
end
return { slot[1] or '0', slot[2], slot[3], left(slot[4]), left(slot[5]), slot[6] or '0', slot[7], left(slot[8]),
  left(slot[9]) }
