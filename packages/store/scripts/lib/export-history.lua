-- What the completed exports of a provider took tells what is usual there. The newest 200 are kept.
--
-- Fields of the record of the provider: `historyCount` (how many the figures rest on), `historyMedianMs`,
-- `historyP90Ms`.

-- Of a job that completes `now`, coming from `state`; `durations` is the key of the list, newest first.
local function learnDuration(job, state, provider, durations, now)
  -- One that was complete at its first poll was not watched: nobody knows when it ended.
  if state ~= 'in-progress' then
    return
  end
  local started = redis.call('HMGET', job, 'kickedOffAt', 'registeredAt')
  -- A tenant's word is taken for a day: what is learnt of it holds for others too.
  local startedAt = math.max(tonumber(started[1] or started[2]), tonumber(started[2]) - 86400000)
  redis.call('LPUSH', durations, math.max(0, now - startedAt))
  redis.call('LTRIM', durations, 0, 199)
  local known = redis.call('LRANGE', durations, 0, -1)
  for i, durationMs in ipairs(known) do
    known[i] = tonumber(durationMs)
  end
  table.sort(known)
  redis.call('HSET', provider, 'historyCount', #known, 'historyMedianMs', known[math.ceil(#known / 2)],
    'historyP90Ms', known[math.ceil(#known * 0.9)])
end
