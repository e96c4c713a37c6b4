-- Tells that a process lives and which schemas its release knows, and judges whether it may work with what is here. Data of a
-- newer schema that is still readable for it goes back to its own schema, since it does not keep what the newer one
-- added: the migration is done again once it is gone. A resend answers alike.
--
-- KEYS  1 record of the schema   2 living processes
-- ARGV  1 id of the process   2 newest schema that it knows   3 oldest one that it can work with
--       4 schema that one has to know to read what it writes   5 ms for which the news holds   6 what it says of itself
--       7 1 where there has ever been a job, else 0
-- Returns {'welcome', schema, when its record was made} | {'too-new', schema, oldest that one has to know} | {'too-old', schema}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local id, knows, oldest = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

local record = redis.call('HMGET', KEYS[1], 'schema', 'readableBy', 'target')
local schema, readableBy, target = tonumber(record[1]), tonumber(record[2] or 1), tonumber(record[3])
local isNew = not schema
if isNew then
  -- What was there before there was a record is of schema 1; where nothing was, there is nothing to migrate.
  schema = ARGV[7] == '1' and 1 or knows
  readableBy = schema == 1 and 1 or tonumber(ARGV[4])
end
if knows < readableBy then
  return { 'too-new', schema, readableBy }
end
if schema < oldest then
  return { 'too-old', schema }
end

if isNew then
  redis.call('HSET', KEYS[1], 'schema', schema, 'readableBy', readableBy, 'since', now)
elseif knows < schema then
  schema = knows
  redis.call('HSET', KEYS[1], 'schema', schema)
end
if target and knows < target then
  redis.call('HDEL', KEYS[1], 'target', 'holder', 'until', 'cursor')
end

-- Since when it has been heard of without a gap: while Redis was away nobody was.
local known = redis.call('HGET', KEYS[2], id)
local untilAt, since = string.match(known or '', '^(%d+) (%d+) ')
if not untilAt or tonumber(untilAt) <= now then
  since = string.format('%.0f', now)
end
if not known then
  -- Who comes clears away who died without a word, so that there are no more entries than processes.
  local others = redis.call('HGETALL', KEYS[2])
  for i = 1, #others, 2 do
    if tonumber(string.match(others[i + 1], '^%d+')) <= now then
      redis.call('HDEL', KEYS[2], others[i])
    end
  end
end
redis.call('HSET', KEYS[2], id, string.format('%.0f %s %d %s', now + ARGV[5], since, knows, ARGV[6]))
return { 'welcome', schema, redis.call('HGET', KEYS[1], 'since') }
