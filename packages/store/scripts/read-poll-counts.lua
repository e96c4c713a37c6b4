-- Sums up the polls of one provider and day by how they went, whatever else their counters tell apart.
--
-- KEYS  1 scorecard of the provider and the day
-- ARGV
-- Returns {outcome, polls, outcome, polls, ...}
local polls, found = {}, {}
local counters = redis.call('HGETALL', KEYS[1])
for i = 1, #counters, 2 do
  local outcome = string.match(counters[i], '^poll:[^:]*:([^:]*)')
  if outcome then
    polls[outcome] = (polls[outcome] or 0) + tonumber(counters[i + 1])
  end
end
for outcome, count in pairs(polls) do
  found[#found + 1] = outcome
  found[#found + 1] = count
end
return found
