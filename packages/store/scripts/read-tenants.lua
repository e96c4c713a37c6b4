-- Counts the jobs of some tenants by state, and finds the open one that was registered first.
--
-- KEYS  1 base of the state indexes of all tenants
-- ARGV  1 states, between blanks   2.. tenants
-- Returns {jobs in the first state, in the second, ..., least id of an open job, '' where there is none}
local found, least = {}, ''
for state in string.gmatch(ARGV[1], '%S+') do
  local isOpen = state == 'registered' or state == 'in-progress'
  local count = 0
  for i = 2, #ARGV do
    local index = KEYS[1] .. ':' .. ARGV[i] .. ':' .. state
    count = count + redis.call('ZCARD', index)
    local first = isOpen and redis.call('ZRANGE', index, 0, 0)[1]
    if first and (least == '' or first < least) then
      least = first
    end
  end
  found[#found + 1] = count
end
found[#found + 1] = least
return found
