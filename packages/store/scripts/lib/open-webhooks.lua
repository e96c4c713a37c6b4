-- Has the events that are appended from now on read for webhooks, unless they are already: makes the consumer group, and
-- notes from which entry on, so that a group that gets lost is made again where it was.
local function openWebhooks(house, stream)
  local from = redis.call('HGET', house, 'from')
  if not from then
    from = '0-0'
    if redis.call('EXISTS', stream) == 1 then
      local info = redis.call('XINFO', 'STREAM', stream)
      for i = 1, #info, 2 do
        if info[i] == 'last-generated-id' then
          from = info[i + 1]
        end
      end
    end
    redis.call('HSET', house, 'from', from)
  end
  -- A group that is there already is an error, and fine.
  redis.pcall('XGROUP', 'CREATE', stream, 'bulkwatch-webhooks', from, 'MKSTREAM')
end
