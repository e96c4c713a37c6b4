-- Puts another sealing of the same manifest in the place of one, as long as it is still the one that was read: its
-- head holds an IV that no other sealing has. A resend after a lost reply finds it changed, by itself.
--
-- KEYS  1 manifest of the job
-- ARGV  1 head of the sealing that was read   2 the new sealing
-- Returns {'resealed'} | {'changed'}
if redis.call('GETRANGE', KEYS[1], 0, #ARGV[1] - 1) ~= ARGV[1] then
  return { 'changed' }
end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
return { 'resealed' }
