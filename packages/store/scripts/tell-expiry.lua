-- Tells subscribers how near the expiry of a completed job's files is, or that it has come, and puts off when to look again.
-- It was worked out from the record as it was at `version`, and holds until that instant; when the record has changed
-- since, or the instant has come, nothing is done. A resend, or another worker, finds it told.
-- Uses lib/acknowledgement.lua and lib/tell-event.lua.
--
-- KEYS  1 record of the job   2 completed jobs by when to look at their expiry
--       3 those that expire soon and wait for an acknowledgement   4 event stream
--       5 event stream of the tenant, the whole one where it has none of its own
-- ARGV  1 job id   2 version   3 what is told from now on: `<expiresAt>-<threshold in ms>`, '' where nothing is
--       4 when to look again, '' for never   5 `expiresAt` where it expires soon and waits for an acknowledgement, ''
--       6 event JSON, ''   7 channel, ''   8 stream length
-- Returns {'told'} | {'told-before'} | {'put-off'} | {'changed', now} | {'missing'}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

local job = redis.call('HMGET', KEYS[1], 'version', 'expiryTold', 'deleteUntil', 'refreshUntil')
if not job[1] then
  redis.call('ZREM', KEYS[2], ARGV[1])
  redis.call('ZREM', KEYS[3], ARGV[1])
  return { 'missing' }
end
if ARGV[3] ~= '' and job[2] == ARGV[3] then
  return { 'told-before' }
end
if job[1] ~= ARGV[2] or (ARGV[4] ~= '' and now >= tonumber(ARGV[4])) then
  return { 'changed', now }
end

if ARGV[4] == '' then
  redis.call('ZREM', KEYS[2], ARGV[1])
else
  redis.call('ZADD', KEYS[2], ARGV[4], ARGV[1])
end
if ARGV[5] == '' then
  redis.call('ZREM', KEYS[3], ARGV[1])
else
  redis.call('ZADD', KEYS[3], ARGV[5], ARGV[1])
end
if ARGV[3] == '' then
  return { 'put-off' }
end
redis.call('HSET', KEYS[1], 'expiryTold', ARGV[3])
redis.call('HINCRBY', KEYS[1], 'version', 1)
if ARGV[4] == '' and not job[4] then
  dropIdleToken(KEYS[1])
end
tellEvent(KEYS[4], KEYS[5], ARGV[8], ARGV[7], ARGV[6])
return { 'told' }
