-- The scorecard of a provider and a day: each of the counters goes up by one.
local function countPolls(score, counters)
  for _, counter in ipairs(counters) do
    if redis.call('HINCRBY', score, counter, 1) == 1 then
      -- A counter that is new may be the first one of the day. No provider means thousands of things by its answers.
      redis.call('EXPIRE', score, 35 * 86400)
      if redis.call('HLEN', score) > 4000 then
        redis.call('HDEL', score, counter)
      end
    end
  end
end
