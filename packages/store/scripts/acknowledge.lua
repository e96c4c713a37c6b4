-- Notes that a subscriber has what it wants of a completed job. Once all that are required have said so, or anybody where
-- none is, the job counts as acknowledged, and its delete request is asked for where that is wanted. Saying it twice
-- changes nothing; with another token, a delete request that waits or was not taken is sent again.
-- Uses lib/acknowledgement.lua.
--
-- KEYS  1 record of the job   2 due index   3 completed jobs by when to look at their expiry
--       4 those that expire soon and wait for an acknowledgement
-- ARGV  1 job id   2 subscriber   3 sealed token for the delete request, ''   4 ms for which that is tried
--       5 acknowledgements that are kept of subscribers that are not required
-- Returns {'acknowledged', '1' where it is the first of this subscriber, wake, ms until due or '' where nothing is}
--       | {'too-many'} | {'not-completed'} | {'missing'}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

local job = redis.call('HMGET', KEYS[1], 'state', 'acknowledgements', 'requiredSubscribers', 'deleteOnAcknowledge',
  'deletedAtProviderAt')
if not job[1] then
  return { 'missing' }
end
if job[1] ~= 'completed' then
  return { 'not-completed' }
end

local required = ' ' .. (job[3] or '') .. ' '
local function isOther(subscriber)
  return not string.find(required, ' ' .. subscriber .. ' ', 1, true)
end
local isNew = not hasAcknowledged(job[2], ARGV[2])
if isNew then
  local others = 0
  for subscriber in string.gmatch(job[2] or '', '(%S+):%d+') do
    others = others + (isOther(subscriber) and 1 or 0)
  end
  if isOther(ARGV[2]) and others >= tonumber(ARGV[5]) then
    return { 'too-many' }
  end
  local before = job[2] and job[2] .. ' ' or ''
  redis.call('HSET', KEYS[1], 'acknowledgements', before .. ARGV[2] .. ':' .. now)
end

local hasToken = ARGV[3] ~= '' and job[4] == '1' and not job[5]
if hasToken then
  redis.call('HSET', KEYS[1], 'sealedToken', ARGV[3])
  redis.call('HDEL', KEYS[1], 'deleteReason')
  local asked = redis.call('HMGET', KEYS[1], 'deleteUntil', 'refreshUntil', 'epoch', 'appliedEpoch', 'turn', 'notBefore',
    'retryAfterUntil')
  local soonest = math.max(now, tonumber(asked[7] or 0))
  local isIdle = asked[1] and not asked[2] and asked[3] == asked[4] and not asked[5]
  -- A worker that knows nothing of delete requests may have left none (`notBefore`).
  if isIdle and soonest < tonumber(asked[6] or math.huge) then
    redis.call('HSET', KEYS[1], 'notBefore', soonest, 'dueAt', soonest)
    redis.call('HDEL', KEYS[1], 'heldBy')
    redis.call('ZADD', KEYS[2], soonest, ARGV[1])
    redis.call('HINCRBY', KEYS[1], 'wake', 1)
  end
end
judgeAcknowledgement({ record = KEYS[1], due = KEYS[2], expiry = KEYS[3], expiring = KEYS[4] }, ARGV[1], now,
  tonumber(ARGV[4]))
if isNew or hasToken then
  redis.call('HINCRBY', KEYS[1], 'version', 1)
end
local due = redis.call('HMGET', KEYS[1], 'wake', 'notBefore')
return { 'acknowledged', isNew and '1' or '', due[1], due[2] and math.max(0, due[2] - now) or '' }
