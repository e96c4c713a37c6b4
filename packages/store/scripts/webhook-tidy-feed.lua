-- Takes consumers out of the group of webhooks that have nothing pending and have not been seen for long. In one step,
-- since with a consumer what is pending with it would go too.
--
-- KEYS  1 event stream
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
return { removed }
