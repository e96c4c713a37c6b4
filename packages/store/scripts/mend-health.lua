-- Compares some jobs with the index of those that cannot be polled as they should, and puts it right: processes of a release
-- that did not know it leave it as it was. Doing it twice does no harm.
-- Uses lib/poll-health.lua.
--
-- KEYS  1 base of the job records   2 open jobs by poll health
-- ARGV  1 number of scores   2.. a poll health and its score for each, then ids of jobs
-- Returns {jobs of which the index said something else}
local scores, firstId = {}, 2 + 2 * tonumber(ARGV[1])
for i = 2, firstId - 1, 2 do
  scores[ARGV[i]] = ARGV[i + 1]
end

local mended = 0
for i = firstId, #ARGV do
  local job = redis.call('HMGET', KEYS[1] .. ':' .. ARGV[i], 'state', 'health', 'pausedAt')
  local isOpen = job[1] == 'registered' or job[1] == 'in-progress'
  local score = isOpen and scores[job[3] and 'paused' or job[2] or 'ok'] or '0'
  if (redis.call('ZSCORE', KEYS[2], ARGV[i]) or '0') ~= score then
    noteHealth(KEYS[2], ARGV[i], score)
    mended = mended + 1
  end
end
return { mended }
