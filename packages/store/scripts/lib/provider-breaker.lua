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

-- What the verdict does to the circuit. Returns 'opened' or 'closed' where it changes by it, else ''.
local function judgeProvider(key, request, now, told, breaker, out, field)
  local openUntil, openCount, probe, failures, failedBy, window, limits = unpack(field, 1, 7)
  local jobId = string.match(request, '^(.*):')
  if told.verdict == 'up' then
    if openUntil then
      redis.call('HDEL', key, 'openUntil', 'openCount', 'probe', 'probeUntil')
      redis.call('HSET', key, 'window', 1, 'roundAt', now)
      redis.call('SREM', out, key)
      return 'closed'
    end
    if window then
      local own, usual = string.match(limits or '-', '^%S+'), string.match(breaker.limits, '^%S+')
      local widened = tonumber(window) + 1
      if widened < (tonumber(own) or tonumber(usual)) then
        redis.call('HSET', key, 'window', widened)
      else
        redis.call('HDEL', key, 'window')
      end
    end
    if failures then
      redis.call('HDEL', key, 'failures', 'failedBy')
    end
    return ''
  end

  if openUntil then
    -- One that somebody forced before its time tells nothing of how long to leave the provider alone.
    if probe == request and told.verdict == 'down' and now >= tonumber(openUntil) then
      probeAgain(key, now, tonumber(openCount) + 1, breaker)
      redis.call('SADD', out, key)
    elseif probe == request then
      redis.call('HDEL', key, 'probe', 'probeUntil')
    end
    return ''
  end
  if told.verdict == 'down' and failedBy ~= jobId then
    local count = tonumber(failures or 0) + 1
    if count >= breaker.threshold then
      probeAgain(key, now, 1, breaker)
      redis.call('SADD', out, key)
      return 'opened'
    end
    redis.call('HSET', key, 'failures', count, 'failedBy', jobId)
  end
  return ''
end

-- `request` is `<job>:<epoch>`; `told.verdict` is 'up', 'down' or 'unknown'; `limits` those of a provider that has none
-- of its own. `out` is the set of the records of providers that are out.
-- Returns what became of the circuit, and the number of open jobs.
local function leaveGate(key, request, now, told, breaker, out)
  redis.call('ZREM', key .. ':inflight', request)
  local field = redis.call('HMGET', key, 'openUntil', 'openCount', 'probe', 'failures', 'failedBy', 'window', 'limits',
    'serviceMs', 'openJobs')
  if told.serviceMs then
    local usual = tonumber(field[8] or told.serviceMs)
    redis.call('HSET', key, 'serviceMs', usual + (told.serviceMs - usual) * newestShare)
  end
  return judgeProvider(key, request, now, told, breaker, out, field), field[9] or 0
end
