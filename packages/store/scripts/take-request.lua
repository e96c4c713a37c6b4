-- Takes one request out of a caller's quota: a bucket that fills again evenly, kept as the instant at which it is
-- full (GCRA, the generic cell rate algorithm). A command sent twice takes two, which harms nobody.
--
-- KEYS  1 bucket of the caller
-- ARGV  1 quota of requests in a window   2 window in ms
-- Returns {1 if taken else 0, requests left, ms until one is to be had, ms until the bucket is full}
local t = redis.call('TIME')
-- In microseconds, which a double holds exactly; a request of a large quota takes less than a ms.
local now = t[1] * 1000000 + t[2]
local each = math.max(1, math.floor(ARGV[2] * 1000 / ARGV[1]))
-- What the whole quota takes: of a window that it does not divide, not all.
local whole = each * ARGV[1]

local full = math.max(now, tonumber(redis.call('GET', KEYS[1]) or 0))
local wait = full + each - now - whole
if wait > 0 then
  return { 0, 0, math.ceil(wait / 1000), math.ceil((full - now) / 1000) }
end

full = full + each
local untilFull = math.ceil((full - now) / 1000)
-- A Redis that cannot write counts nothing: what only reads is still served then.
redis.pcall('SET', KEYS[1], string.format('%.0f', full), 'PX', untilFull)
return { 1, math.floor((now + whole - full) / each), 0, untilFull }
