-- When a completed job counts as acknowledged, and the delete request that follows where it is wanted: nothing else
-- ever asks for one once a job has completed.
--
-- Fields of the record, all of them optional: `acknowledgements` (`<subscriber>:<instant>`, between blanks),
-- `requiredSubscribers` (names, between blanks), `deleteOnAcknowledge`, `acknowledgedAt`, `deleteUntil` (asked for, and
-- until when it is tried), `deletedAtProviderAt`, `deleteReason` (why it was not taken). `keys` are `record`, `due`,
-- and `expiry` and `expiring`, which lib/expiry-clock.lua is about.

local function hasAcknowledged(acknowledgements, subscriber)
  return string.find(' ' .. (acknowledgements or ''), ' ' .. subscriber .. ':', 1, true) ~= nil
end

local function isAcknowledged(acknowledgements, required)
  for subscriber in string.gmatch(required or '', '%S+') do
    if not hasAcknowledged(acknowledgements, subscriber) then
      return false
    end
  end
  return acknowledgements and true or false
end

-- Makes the job due for its delete request. While a refresh goes on, that comes first.
local function askForDelete(keys, jobId, now, windowMs)
  local refreshUntil = redis.call('HGET', keys.record, 'refreshUntil')
  redis.call('HSET', keys.record, 'deleteUntil', math.max(now, tonumber(refreshUntil or 0)) + windowMs)
  if not refreshUntil then
    redis.call('HSET', keys.record, 'notBefore', now, 'dueAt', now)
    redis.call('ZADD', keys.due, now, jobId)
    redis.call('HINCRBY', keys.record, 'wake', 1)
  end
end

-- To be called after each change of what it rests on.
local function judgeAcknowledgement(keys, jobId, now, windowMs)
  local record = keys.record
  local job = redis.call('HMGET', record, 'acknowledgements', 'requiredSubscribers', 'acknowledgedAt',
    'deleteOnAcknowledge', 'deletedAtProviderAt', 'deleteReason', 'deleteUntil', 'hadToken', 'sealedToken')
  if not isAcknowledged(job[1], job[2]) then
    if redis.call('HDEL', record, 'acknowledgedAt') == 1 then
      -- Somebody is waited for again, and is to be told of the expiry.
      redis.call('ZADD', keys.expiry, 'XX', now, jobId)
    end
    return
  end
  if not job[3] then
    redis.call('HSET', record, 'acknowledgedAt', now)
    redis.call('ZREM', keys.expiring, jobId)
  end
  if job[4] ~= '1' or job[5] or job[6] or job[7] then
    return
  end
  if job[8] and not job[9] then
    redis.call('HSET', record, 'deleteReason', 'bearer-token-needed')
    return
  end
  askForDelete(keys, jobId, now, windowMs)
end

-- A completed job keeps a submitted token for this delete request only, and no longer than its files.
local function dropIdleToken(record)
  local job = redis.call('HMGET', record, 'deleteOnAcknowledge', 'deletedAtProviderAt', 'deleteReason', 'expiresAt',
    'expiryTold', 'deleteUntil')
  local hasExpired = job[4] and job[5] == job[4] .. '-0' and not job[6]
  if job[1] ~= '1' or job[2] or job[3] or hasExpired then
    redis.call('HDEL', record, 'sealedToken')
  end
end
