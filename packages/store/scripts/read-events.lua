-- Reads the entries of an event stream that come after a point, and tells whether some that came after it are gone.
-- Where they are, it reads from the oldest entry that is kept. Changes nothing. Uses lib/stream-ids.lua.
--
-- KEYS  1 event stream
-- ARGV  1 id of an entry, 0-0 for the beginning, $ for the newest   2 most entries   3 bytes after which it is enough
-- Returns {1 if none is gone else 0, oldest id or '', newest id, id, event, id, event, ...}; an event is '' where the
-- entry has none
local info = { ['last-generated-id'] = '0-0', length = 0, ['entries-added'] = 0 }
if redis.call('EXISTS', KEYS[1]) == 1 then
  local reply = redis.call('XINFO', 'STREAM', KEYS[1])
  -- Redis 6.2 does not count what was added, so that any entry may have been before the oldest.
  info['entries-added'] = -1
  for i = 1, #reply, 2 do
    info[reply[i]] = reply[i + 1]
  end
end
local first = info['first-entry']
local oldest, newest = first and first[1] or '', info['last-generated-id']

local after = ARGV[1]
if after == '$' then
  return { 1, oldest, newest }
end

-- An id that the stream has not given out yet is of another time: of a Redis that has lost entries since.
local wereRemoved = info['entries-added'] ~= info.length
local isGone = isBefore(newest, after)
  or (wereRemoved and after ~= newest and (oldest == '' or isBefore(after, oldest)))

local reply = { isGone and 0 or 1, oldest, newest }
local from = isGone and '-' or '(' .. after
local bytes = 0
for _ = 1, tonumber(ARGV[2]) do
  local entry = redis.call('XRANGE', KEYS[1], from, '+', 'COUNT', 1)[1]
  if not entry or bytes >= tonumber(ARGV[3]) then
    break
  end
  local fields = entry[2]
  local event = fields[1] == 'event' and fields[2] or ''
  reply[#reply + 1] = entry[1]
  reply[#reply + 1] = event
  bytes = bytes + #event
  from = '(' .. entry[1]
end
return reply
