-- Forgets a delivery that a log has no room for any more, unless it is still to be sent. The body goes with the last of the
-- deliveries of its event.
--
-- KEYS  1 record of the delivery   2 its attempts   3 body   4 what is pending at its receiver   5 log of the endpoint
-- ARGV  1 delivery id
-- Returns {'forgotten'} | {'pending'}
if redis.call('ZSCORE', KEYS[4], ARGV[1]) then
  return { 'pending' }
end
if redis.call('UNLINK', KEYS[1]) == 1 and redis.call('EXISTS', KEYS[3]) == 1
  and redis.call('HINCRBY', KEYS[3], 'deliveries', -1) <= 0 then
  redis.call('UNLINK', KEYS[3])
end
redis.call('UNLINK', KEYS[2])
redis.call('ZREM', KEYS[5], ARGV[1])
return { 'forgotten' }
