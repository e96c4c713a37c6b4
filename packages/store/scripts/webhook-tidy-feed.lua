-- Takes consumers out of the group of webhooks that have nothing pending and have not been seen for long. In one step,
-- since with a consumer what is pending with it would go too. Notes how far the group is, so that one that gets lost, or
-- that an operator destroys while there are no webhooks, is made again there and sends nobody what is long past.
--
-- KEYS  1 event stream   2 record of webhooks
-- ARGV  1 ms without a sign of life   2 name of one that leaves now, ''
-- Returns {how many were taken out}
local consumers = redis.pcall('XINFO', 'CONSUMERS', KEYS[1], 'bulkwatch-webhooks')
if consumers.err then
  return { 0 }
end
local removed = 0
for _, reply in ipairs(consumers) do
  local consumer = {}
  for i = 1, #reply, 2 do
    consumer[reply[i]] = reply[i + 1]
  end
  local isGone = consumer.idle > tonumber(ARGV[1]) or consumer.name == ARGV[2]
  if isGone and consumer.pending == 0 then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], 'bulkwatch-webhooks', consumer.name)
    removed = removed + 1
  end
end

local pending = redis.call('XPENDING', KEYS[1], 'bulkwatch-webhooks')
local from
if pending[1] > 0 then
  -- Just before the oldest one, or a little earlier: what is read twice is recorded once.
  from = string.format('%.0f-0', math.max(0, string.match(pending[2], '^%d+') - 1))
else
  for _, reply in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    local group = {}
    for i = 1, #reply, 2 do
      group[reply[i]] = reply[i + 1]
    end
    from = group.name == 'bulkwatch-webhooks' and group['last-delivered-id'] or from
  end
end
redis.call('HSET', KEYS[2], 'from', from)
return { removed }
