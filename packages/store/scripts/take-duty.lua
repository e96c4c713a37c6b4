-- Takes, or keeps, a duty that one process at a time does for all of them, for a while by this Redis's clock. A holder that
-- dies keeps it no longer than that. Keeping it needs no memory, so that a full Redis does not take it away.
-- A resend after a lost reply answers alike.
--
-- KEYS  1 the duty: who has it
-- ARGV  1 who asks, a name that no other process has or had   2 ms for which it is kept
-- Returns {'yours', ms left} | {'taken', ms left}
local holder = redis.call('GET', KEYS[1])
if holder == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return { 'yours', tonumber(ARGV[2]) }
end
if holder then
  return { 'taken', redis.call('PTTL', KEYS[1]) }
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return { 'yours', tonumber(ARGV[2]) }
