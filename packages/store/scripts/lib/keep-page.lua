-- Puts by a page of a manifest under the fingerprint of its URL. Pages are numbered in the order of their first arrival,
-- and one that is met again is kept as it was; but those of the manifest before a refresh give way to its first.
local function keepPage(record, pages, fingerprint, page)
  if redis.call('HDEL', record, 'hasOldPages') == 1 then
    redis.call('DEL', pages)
  end
  redis.call('HSETNX', pages, fingerprint, redis.call('HLEN', pages) + 1 .. ' ' .. page)
end
