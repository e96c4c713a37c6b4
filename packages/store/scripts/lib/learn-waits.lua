-- What a provider asked for: a Retry-After that is usual there, and a wait of all of its jobs, both in ms or ''.
local function learnWaits(provider, now, retryAfterMs, pauseMs)
  if retryAfterMs ~= '' then
    redis.call('HSET', provider, 'retryAfterMs', retryAfterMs)
  end
  if pauseMs ~= '' then
    local until_ = now + tonumber(pauseMs)
    if until_ > tonumber(redis.call('HGET', provider, 'pausedUntil') or 0) then
      redis.call('HSET', provider, 'pausedUntil', until_)
    end
  end
end
