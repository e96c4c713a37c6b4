-- Notes that a provider accepted the token in force: the pauses between replacements begin anew.
--
-- KEYS  1 slot of the credential
-- ARGV  1 generation of the token
-- Returns {'confirmed'} | {'stale'}
if redis.call('HGET', KEYS[1], 'generation') ~= ARGV[1] then
  return { 'stale' }
end
redis.call('HDEL', KEYS[1], 'replacedCount', 'replaceNotBefore')
return { 'confirmed' }
