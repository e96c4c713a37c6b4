-- Pauses polling of one provider, or of all, until an operator lets it go on; claims look at the record. Asking twice
-- changes nothing: the first who paused stays named.
--
-- KEYS  1 record of the provider, or of the house   2 what is paused
-- ARGV  1 origin of the provider, '*' for all   2 who pauses, '' to let it go on
-- Returns {since when it is paused, by whom, now}, the first two '' where it is not
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

if ARGV[2] == '' then
  redis.call('HDEL', KEYS[1], 'operatorPausedAt', 'operatorPausedBy')
  redis.call('SREM', KEYS[2], ARGV[1])
  return { '', '', now }
end
if redis.call('HSETNX', KEYS[1], 'operatorPausedAt', now) == 1 then
  redis.call('HSET', KEYS[1], 'operatorPausedBy', ARGV[2])
  redis.call('SADD', KEYS[2], ARGV[1])
end
local pause = redis.call('HMGET', KEYS[1], 'operatorPausedAt', 'operatorPausedBy')
return { pause[1], pause[2], now }
