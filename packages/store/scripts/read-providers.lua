-- Reads of some providers what the metrics tell of them; nothing of those that have no open jobs.
--
-- KEYS  1 base of the provider records; beside each are the requests that are under way
-- ARGV  1 number of fields   2.. their names, then origins
-- Returns {origin, requests under way, value of each field ('' where there is none), origin, ...}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local firstOrigin = 2 + tonumber(ARGV[1])

local found = {}
for i = firstOrigin, #ARGV do
  local record = KEYS[1] .. ':' .. ARGV[i]
  if tonumber(redis.call('HGET', record, 'openJobs') or 0) > 0 then
    found[#found + 1] = ARGV[i]
    -- A lease that nobody gave back has ended by itself.
    found[#found + 1] = redis.call('ZCOUNT', record .. ':inflight', now, '+inf')
    for _, value in ipairs(redis.call('HMGET', record, unpack(ARGV, 2, firstOrigin - 1))) do
      found[#found + 1] = value or ''
    end
  end
end
return found
