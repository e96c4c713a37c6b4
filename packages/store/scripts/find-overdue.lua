-- Names the jobs that have been due for longer than a grace period, the longest first.
--
-- KEYS  1 due index   2 base of the job records
-- ARGV  1 grace in ms   2 offset   3 limit
-- Returns {now, id, wake, dueSince, id, wake, dueSince, ...}; wake is '' where the record is gone
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

local found = { now }
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[1]), 'WITHSCORES', 'LIMIT', ARGV[2],
  ARGV[3])
for i = 1, #due, 2 do
  found[#found + 1] = due[i]
  found[#found + 1] = redis.call('HGET', KEYS[2] .. ':' .. due[i], 'wake') or ''
  found[#found + 1] = due[i + 1]
end
return found
