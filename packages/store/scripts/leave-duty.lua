-- Gives up a duty, so that another process can take it at once. Whoever has lost it gives up nothing.
--
-- KEYS  1 the duty: who has it
-- ARGV  1 who gives it up
-- Returns {'left'} | {'stale'}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return { 'stale' }
end
redis.call('DEL', KEYS[1])
return { 'left' }
