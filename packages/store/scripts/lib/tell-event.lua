-- Appends an event to the stream of the house, and to that of its tenant where that is another one, and rings the
-- doorbell of whoever subscribed to its channel. A stream that is as long as it may be loses its oldest entries, whether
-- they were read or not: trim-events.lua keeps it shorter than that.
local function tellEvent(stream, tenantStream, maxLength, channel, json)
  redis.call('XADD', stream, 'MAXLEN', '~', maxLength, '*', 'event', json)
  if tenantStream ~= stream then
    redis.call('XADD', tenantStream, 'MAXLEN', '~', maxLength, '*', 'event', json)
  end
  redis.call('PUBLISH', channel, json)
end
