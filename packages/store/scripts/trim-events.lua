-- Trims an event stream by age and by length, no further than all of its consumer groups have got, and tells how far that
-- is. What a group has not been given or has not acknowledged is kept, and so is the entry that it was given last, by which
-- Redis before 7.0 tells whether one after it is gone. In one step, so that a group that is made meanwhile loses nothing.
-- What an append has cut all the same (tell-event) is counted for each group, once however often this runs;
-- before 7.0 Redis does not say how much that is, and what was acknowledged never counts. Uses lib/stream-ids.lua.
--
-- KEYS  1 event stream   2 hash of the losses of its groups, by name: `total removed pendingTo`, `removed` being one more
--       where the oldest entry that is kept is the last that the group was given
-- ARGV  1 ms that an entry is kept   2 length above which younger ones go too   3 most entries that are removed
-- Returns {entries removed, length, oldest id or '', newest id, now in ms, and for each group its name, pending entries,
-- entries not given yet or -1 where Redis does not know, oldest id that it needs or '', events lost}
local stream, losses = KEYS[1], KEYS[2]
local highest = '18446744073709551615-18446744073709551615'
-- To look at that many takes some 6 ms. Where there are more nobody knows the slowest, so nothing is trimmed here.
local groupsMax = 1000

local function asMap(reply)
  local map = {}
  for i = 1, #reply, 2 do
    map[reply[i]] = reply[i + 1]
  end
  return map
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if redis.call('EXISTS', stream) == 0 then
  redis.call('DEL', losses)
  return { 0, 0, '', '0-0', now }
end

local info = asMap(redis.call('XINFO', 'STREAM', stream))
local newest = info['last-generated-id']
local oldest = info['first-entry'] and info['first-entry'][1]
-- How many entries have gone since the stream was made.
local removed = info['entries-added'] and info['entries-added'] - info.length

-- The oldest entry that a group needs: pending ones that are there come before those that it has not been given.
local function neededBy(group)
  local last = group['last-delivered-id']
  local found = {}
  if group.pending > 0 and oldest then
    found = redis.call('XPENDING', stream, group.name, oldest, '+', 1)
  end
  if not found[1] and isBefore(last, newest) then
    found = redis.call('XRANGE', stream, '(' .. last, '+', 'COUNT', 1)
  end
  return found[1] and found[1][1] or ''
end

local all = redis.call('XINFO', 'GROUPS', stream)
local groups, floor = {}, #all > groupsMax and '0-0' or highest
for i = 1, math.min(#all, groupsMax) do
  local group = asMap(all[i])
  group.needs = neededBy(group)
  for _, id in ipairs({ group['last-delivered-id'], group.needs }) do
    floor = id ~= '' and isBefore(id, floor) and id or floor
  end
  groups[#groups + 1] = group
end

-- Redis removes whole nodes of its tree alone (~), which it can do without copying, and no more entries than LIMIT says.
local function trim(before, atMost)
  atMost = math.min(atMost, tonumber(ARGV[3]))
  return atMost > 0 and redis.call('XTRIM', stream, 'MINID', '~', before, 'LIMIT', atMost) or 0
end
local expired = string.format('%.0f-0', math.max(0, now - ARGV[1]))
local trimmed = trim(isBefore(floor, expired) and floor or expired, info.length)
trimmed = trimmed + trim(floor, info.length - trimmed - ARGV[2])

local kept = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]

-- Adds what had gone since the last look and was not acknowledged. Entries up to `pendingTo` were counted when they went.
local function countLosses(group, known)
  local last = group['last-delivered-id']
  local total, seen, pendingTo = string.match(known or '', '^(%d+) (%d+) (%S+)$')
  total, pendingTo = tonumber(total or 0), pendingTo or '0-0'
  local read = group['entries-read']
  local wasCut = removed and isBefore(last, newest) and (not oldest or isBefore(last, oldest))
  if wasCut and (seen or read) then
    total = total + math.max(0, removed - math.max(seen or 0, read or 0))
  end
  if group.pending > 0 then
    local gone = redis.call('XPENDING', stream, group.name, '(' .. pendingTo, oldest and '(' .. oldest or '+', 1000)
    total = total + #gone
    pendingTo = gone[1] and gone[#gone][1] or pendingTo
  end
  local had = kept and kept[1] == last and 1 or 0
  local noted = string.format('%d %d %s', total, (removed or 0) + trimmed + had, pendingTo)
  if noted ~= known then
    redis.call('HSET', losses, group.name, noted)
  end
  return total
end

local reply = { trimmed, info.length - trimmed, kept and kept[1] or '', newest, now }
local known = asMap(redis.call('HGETALL', losses))
for _, group in ipairs(groups) do
  local lost = countLosses(group, known[group.name])
  known[group.name] = nil
  for _, part in ipairs({ group.name, group.pending, group.lag or -1, group.needs, lost }) do
    reply[#reply + 1] = part
  end
end
for name in pairs(known) do
  redis.call('HDEL', losses, name)
end
return reply
