-- Names completed jobs whose expiry is to be looked at, the longest due first.
--
-- KEYS  1 completed jobs by when to look at their expiry   2 base of the job records
-- ARGV  1 offset   2 limit
-- Returns {now, id, tenant, id, tenant, ...}; tenant is '' where the record is gone
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

local found = { now }
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', ARGV[1], ARGV[2])) do
  found[#found + 1] = id
  found[#found + 1] = redis.call('HGET', KEYS[2] .. ':' .. id, 'tenant') or ''
end
return found
