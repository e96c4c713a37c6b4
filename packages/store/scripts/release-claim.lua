-- Gives back a claim under which nothing was sent: the job is due again at once, or after as long as it is still to
-- wait, and its place at the gate is free.
-- Fenced by epoch and nonce; a claim that was applied or superseded stays as it is. Uses lib/provider-breaker.lua.
--
-- KEYS  1 record of the job   2 due index   3 record of the provider
-- ARGV  1 job id   2 epoch of the claim   3 ms for which it is still to wait   4 nonce of the claim
-- Returns {'released'} | {'stale'}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

local job = redis.call('HMGET', KEYS[1], 'state', 'epoch', 'appliedEpoch', 'refreshUntil', 'deleteUntil', 'nonce')
if job[3] == ARGV[2] or job[2] == ARGV[2] and job[6] and job[6] ~= ARGV[4] then
  return { 'stale' }
end
leaveGate(KEYS[3], ARGV[1] .. ':' .. ARGV[2], now, { verdict = 'unknown' })
local open = job[1] == 'registered' or job[1] == 'in-progress' or job[4] or job[5]
if not open or job[2] ~= ARGV[2] then
  return { 'stale' }
end
local from = now + tonumber(ARGV[3])
redis.call('HSET', KEYS[1], 'notBefore', from)
redis.call('HDEL', KEYS[1], 'nonce')
redis.call('ZADD', KEYS[2], from, ARGV[1])
return { 'released' }
