-- A target is the record of an endpoint, or of a job with a webhook: both have the fields named here. `failing` and
-- `disabled` are the indexes of all targets of which that is true, for the metrics.

-- Counts a failure. Returns since when all attempts have failed.
local function targetFailed(target, failing, now, reason)
  redis.call('HSETNX', target, 'webhookFailingSince', now)
  redis.call('HINCRBY', target, 'webhookFailures', 1)
  redis.call('HSET', target, 'webhookLastReason', reason)
  local since = redis.call('HGET', target, 'webhookFailingSince')
  redis.call('ZADD', failing, since, target)
  return since
end

local function targetSucceeded(target, failing)
  if redis.call('HDEL', target, 'webhookFailingSince', 'webhookFailures', 'webhookLastReason') > 0 then
    redis.call('ZREM', failing, target)
  end
end

-- Whether this was what disabled it.
local function disableTarget(target, failing, disabled, now, reason)
  if redis.call('HSETNX', target, 'webhookDisabledAt', now) == 0 then
    return false
  end
  redis.call('HSET', target, 'webhookDisabledReason', reason)
  redis.call('HINCRBY', target, 'version', 1)
  redis.call('SADD', disabled, target)
  redis.call('ZREM', failing, target)
  return true
end

-- Begins anew: nothing has failed yet.
local function enableTarget(target, failing, disabled)
  redis.call('HDEL', target, 'webhookDisabledAt', 'webhookDisabledReason', 'webhookFailingSince', 'webhookFailures',
    'webhookLastReason')
  redis.call('SREM', disabled, target)
  redis.call('ZREM', failing, target)
end
