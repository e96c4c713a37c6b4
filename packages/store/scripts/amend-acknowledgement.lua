-- Changes what the acknowledgement of a completed job rests on, and what follows it, until its delete request is asked
-- for; and judges it anew. Saying the same twice changes nothing but the version. Uses lib/acknowledgement.lua.
--
-- KEYS  1 record of the job   2 due index   3 completed jobs by when to look at their expiry
--       4 those that expire soon and wait for an acknowledgement
-- ARGV  1 job id   2 required subscribers between blanks, '' for none, '-' where they stay
--       3 whether a delete request follows: '1', '0', or '-' where that stays   4 ms for which it is tried
-- Returns {'amended', wake, ms until due or '' where nothing is} | {'deleted'} | {'settled'} | {'missing'}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

local job = redis.call('HMGET', KEYS[1], 'state', 'deleteUntil', 'deletedAtProviderAt')
if not job[1] then
  return { 'missing' }
end
if job[1] ~= 'completed' then
  return { 'settled' }
end
if job[2] or job[3] then
  return { 'deleted' }
end

local function put(field, value, none)
  if value == none then
    redis.call('HDEL', KEYS[1], field)
  elseif value ~= '-' then
    redis.call('HSET', KEYS[1], field, value)
  end
end
put('requiredSubscribers', ARGV[2], '')
put('deleteOnAcknowledge', ARGV[3], '0')
if not redis.call('HGET', KEYS[1], 'refreshUntil') then
  dropIdleToken(KEYS[1])
end
judgeAcknowledgement({ record = KEYS[1], due = KEYS[2], expiry = KEYS[3], expiring = KEYS[4] }, ARGV[1], now,
  tonumber(ARGV[4]))
redis.call('HINCRBY', KEYS[1], 'version', 1)
local due = redis.call('HMGET', KEYS[1], 'wake', 'notBefore')
return { 'amended', due[1], due[2] and math.max(0, due[2] - now) or '' }
