-- Puts other sealed texts of the same content in the place of those of a record, as long as all of them are still
-- what was read: a worker may have written meanwhile. A resend after a lost reply finds them changed, by itself.
--
-- KEYS  1 record of the job
-- ARGV  for each field its name, the sealed text that was read, and the new one
-- Returns {'resealed'} | {'changed'}
for i = 1, #ARGV, 3 do
  if redis.call('HGET', KEYS[1], ARGV[i]) ~= ARGV[i + 1] then
    return { 'changed' }
  end
end
for i = 1, #ARGV, 3 do
  redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 2])
end
return { 'resealed' }
