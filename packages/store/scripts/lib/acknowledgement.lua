-- When a completed job counts as acknowledged, and the delete request that follows where it is wanted: nothing else
-- ever asks for one once a job has completed.
--
-- Fields of the record, all of them optional: `acknowledgements` (`<subscriber>:<instant>`, between blanks),
-- `requiredSubscribers` (names, between blanks), `deleteOnAcknowledge`, `acknowledgedAt`, `deleteUntil` (asked for, and
-- until when it is tried), `deletedAtProviderAt`, `deleteReason` (why it was not taken).

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
local function askForDelete(record, due, jobId, now, windowMs)
  local refreshUntil = redis.call('HGET', record, 'refreshUntil')
  redis.call('HSET', record, 'deleteUntil', math.max(now, tonumber(refreshUntil or 0)) + windowMs)
  if not refreshUntil then
    redis.call('HSET', record, 'notBefore', now, 'dueAt', now)
    redis.call('ZADD', due, now, jobId)
    redis.call('HINCRBY', record, 'wake', 1)
  end
end

-- To be called after each change of what it rests on.
local function judgeAcknowledgement(record, due, jobId, now, windowMs)
  local job = redis.call('HMGET', record, 'acknowledgements', 'requiredSubscribers', 'acknowledgedAt',
    'deleteOnAcknowledge', 'deletedAtProviderAt', 'deleteReason', 'deleteUntil', 'hadToken', 'sealedToken')
  if not isAcknowledged(job[1], job[2]) then
    redis.call('HDEL', record, 'acknowledgedAt')
    return
  end
  if not job[3] then
    redis.call('HSET', record, 'acknowledgedAt', now)
  end
  if job[4] ~= '1' or job[5] or job[6] or job[7] then
    return
  end
  if job[8] and not job[9] then
    redis.call('HSET', record, 'deleteReason', 'bearer-token-needed')
    return
  end
  askForDelete(record, due, jobId, now, windowMs)
end

-- A completed job keeps a submitted token for this delete request only.
local function dropIdleToken(record)
  local job = redis.call('HMGET', record, 'deleteOnAcknowledge', 'deletedAtProviderAt', 'deleteReason')
  if job[1] ~= '1' or job[2] or job[3] then
    redis.call('HDEL', record, 'sealedToken')
  end
end
