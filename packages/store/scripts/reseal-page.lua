-- Puts another sealing of the same page in the place of one, its number kept, as long as it is still the one that
-- was read: its head holds an IV that no other sealing has. A resend after a lost reply finds it changed, by itself.
--
-- KEYS  1 pages of the manifest of the job
-- ARGV  1 field of the page   2 head of the sealing that was read   3 the new sealing
-- Returns {'resealed'} | {'changed'}
local page = redis.call('HGET', KEYS[1], ARGV[1]) or ''
local number, start = string.match(page, '^(%d+) ()')
if not start or string.sub(page, start, start + #ARGV[2] - 1) ~= ARGV[2] then
  return { 'changed' }
end
redis.call('HSET', KEYS[1], ARGV[1], number .. ' ' .. ARGV[3])
return { 'resealed' }
