-- Keeps the index of the open jobs that cannot be polled as they should: each with a score for its poll health, 0 for one
-- that is well, which is not in it.
local function noteHealth(index, id, score)
  if tonumber(score) == 0 then
    redis.call('ZREM', index, id)
  else
    redis.call('ZADD', index, score, id)
  end
end

-- What a poll found, '' where the job was and is well. One that an operator has paused stays so until it is settled.
local function notePolledHealth(index, id, score, isPaused, isSettled)
  if isPaused and isSettled then
    noteHealth(index, id, 0)
  elseif score ~= '' and not isPaused then
    noteHealth(index, id, score)
  end
end
