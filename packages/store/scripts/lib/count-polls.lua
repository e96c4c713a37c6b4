-- The scorecard of a provider and a day: each counter from `first` to `last` of the arguments goes up by one.
local function countPolls(score, first, last)
  for i = first, last do
    if redis.call('HINCRBY', score, ARGV[i], 1) == 1 then
      -- A counter that is new may be the first one of the day. No provider means thousands of things by its answers.
      redis.call('EXPIRE', score, 35 * 86400)
      if redis.call('HLEN', score) > 4000 then
        redis.call('HDEL', score, ARGV[i])
      end
    end
  end
end
