-- What a finished request tells of its provider: its place at the gate is free, answers take as long as they take,
-- and the provider is up, or down. After failures in a row, of more than one job, the provider counts as out: its
-- gate lets in one probe after growing intervals. A probe that is answered opens it for one request at a time, and
-- each one that is answered for one more.
--
-- Fields of the record, besides those of lib/provider-gate.lua: `failures` (in a row), `failedBy` (the job that
-- failed last: a job that fails again and again has its own back-off), `openCount` (probes that failed).

-- Of the newest answer in what is remembered of all.
local newestShare = 1 / 8

local function probeAgain(key, from, count, breaker)
  local interval = math.min(breaker.firstMs * 2 ^ (count - 1), breaker.longestMs)
  redis.call('HSET', key, 'openUntil', math.ceil(from + interval), 'openCount', count)
  redis.call('HDEL', key, 'probe', 'probeUntil', 'failures', 'failedBy', 'window')
end

-- `request` is `<job>:<epoch>`; `told.verdict` is 'up', 'down' or 'unknown'; `limits` those of a provider that has none of its own.
-- `out` is the set of the records of providers that are out.
-- Returns 'opened' or 'closed' where the circuit changed by it, else ''.
local function leaveGate(key, request, now, told, breaker, out)
  redis.call('ZREM', key .. ':inflight', request)
  local jobId = string.match(request, '^(.*):')
  local field = redis.call('HMGET', key, 'openUntil', 'openCount', 'probe', 'failures', 'failedBy', 'window',
    'serviceMs', 'limits')
  local isOpen, isProbe = field[1], field[3] == request
  if told.serviceMs then
    local usual = tonumber(field[7] or told.serviceMs)
    redis.call('HSET', key, 'serviceMs', usual + (told.serviceMs - usual) * newestShare)
  end

  if told.verdict == 'up' then
    if isOpen then
      redis.call('HDEL', key, 'openUntil', 'openCount', 'probe', 'probeUntil')
      redis.call('HSET', key, 'window', 1, 'roundAt', now)
      redis.call('SREM', out, key)
      return 'closed'
    end
    if field[6] then
      local own, usual = string.match(field[8] or '-', '^%S+'), string.match(breaker.limits, '^%S+')
      local window = tonumber(field[6]) + 1
      if window < (tonumber(own) or tonumber(usual)) then
        redis.call('HSET', key, 'window', window)
      else
        redis.call('HDEL', key, 'window')
      end
    end
    if field[4] then
      redis.call('HDEL', key, 'failures', 'failedBy')
    end
    return ''
  end

  if isOpen then
    -- One that somebody forced before its time tells nothing of how long to leave the provider alone.
    if isProbe and told.verdict == 'down' and now >= tonumber(field[1]) then
      probeAgain(key, now, tonumber(field[2]) + 1, breaker)
      redis.call('SADD', out, key)
    elseif isProbe then
      redis.call('HDEL', key, 'probe', 'probeUntil')
    end
    return ''
  end
  if told.verdict == 'down' and field[5] ~= jobId then
    local failures = tonumber(field[4] or 0) + 1
    if failures >= breaker.threshold then
      probeAgain(key, now, 1, breaker)
      redis.call('SADD', out, key)
      return 'opened'
    end
    redis.call('HSET', key, 'failures', failures, 'failedBy', jobId)
  end
  return ''
end
