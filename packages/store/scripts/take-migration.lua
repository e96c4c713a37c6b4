-- Takes, keeps or ends the turn at the migration to a schema. It begins when every living process knows that schema: who has been
-- heard of without a gap for as long as news of a process hold would know of the others, also after an outage of Redis.
-- One process at a time is at it; who dies is followed by another, from where it had come to. A resend answers alike.
--
-- KEYS  1 record of the schema   2 living processes
-- ARGV  1 id of the process   2 schema to migrate to   3 schema that one has to know from now on
--       4 ms for which news of a process hold   5 ms after the first news of any process before which it does not begin
--       6 ms for which the turn is its own   7 take, keep or end   8 how far it has come, for keep
-- Returns {'yours', how far it has come} | {'done', schema} | {'lost'} | {'waits', ms} | {'blocked', ids of processes}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local id, wanted, step = ARGV[1], tonumber(ARGV[2]), ARGV[7]

local record = redis.call('HMGET', KEYS[1], 'schema', 'since', 'target', 'holder', 'until', 'cursor', 'readableBy')
local schema, target, holder = tonumber(record[1] or 0), tonumber(record[3]), record[4]
local isMine = target == wanted and holder == id
if schema >= wanted then
  return { 'done', schema }
end
if step ~= 'take' and not isMine then
  return { 'lost' }
end
if step == 'end' then
  redis.call('HSET', KEYS[1], 'schema', wanted)
  redis.call('HDEL', KEYS[1], 'target', 'holder', 'until', 'cursor')
  return { 'done', wanted }
end

local function goOn(cursor)
  redis.call('HSET', KEYS[1], 'target', wanted, 'holder', id, 'until', now + ARGV[6], 'cursor', cursor,
    'readableBy', math.max(tonumber(record[7] or 1), tonumber(ARGV[3])))
  return { 'yours', cursor }
end
if step == 'keep' then
  return goOn(ARGV[8])
end

if schema ~= wanted - 1 then
  return { 'lost' }
end
local blocking, since = { 'blocked' }, nil
local processes = redis.call('HGETALL', KEYS[2])
for i = 1, #processes, 2 do
  local untilAt, from, knows = string.match(processes[i + 1], '^(%d+) (%d+) (%d+) ')
  if tonumber(untilAt) <= now then
    redis.call('HDEL', KEYS[2], processes[i])
  elseif tonumber(knows) < wanted then
    blocking[#blocking + 1] = processes[i]
  end
  if processes[i] == id and tonumber(untilAt) > now then
    since = tonumber(from)
  end
end
if #blocking > 1 then
  return blocking
end
local from = math.max((since or now) + ARGV[4], record[2] + ARGV[5])
if target and not isMine then
  from = math.max(from, tonumber(record[5]))
end
if now < from then
  return { 'waits', from - now }
end
return goOn(target == wanted and record[6] or '')
