-- When to look at the expiry of a completed job's files: from `aheadMs` before it on. The newest manifest says when
-- that is; files that the provider was asked to delete expire no more.
--
-- Fields of the record: `expiresAt`, `expiryTold` (`<expiresAt>-<least threshold that was told, in ms>`, 0 for the expiry
-- itself).
local function armExpiry(record, expiry, expiring, jobId, aheadMs)
  local job = redis.call('HMGET', record, 'expiresAt', 'deletedAtProviderAt')
  redis.call('ZREM', expiring, jobId)
  if job[1] and not job[2] then
    redis.call('ZADD', expiry, job[1] - aheadMs, jobId)
  else
    redis.call('ZREM', expiry, jobId)
  end
end
