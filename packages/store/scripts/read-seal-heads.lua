-- Tells how the manifest of a job and the pages of it begin, which is where they say with which key they are sealed:
-- whole they may be many megabytes. Reads only.
--
-- KEYS  1 manifest of the job   2 pages of the manifest of the job
-- ARGV  1 how many bytes of each
-- Returns {beginning of the manifest or '', then for each page its field and how it begins behind its number}
local length = tonumber(ARGV[1])
local heads = { redis.call('GETRANGE', KEYS[1], 0, length - 1) }
for _, field in ipairs(redis.call('HKEYS', KEYS[2])) do
  local page = redis.call('HGET', KEYS[2], field)
  local start = (string.find(page, ' ', 1, true) or 0) + 1
  heads[#heads + 1] = field
  heads[#heads + 1] = string.sub(page, start, start + length - 1)
end
return heads
