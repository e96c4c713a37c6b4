-- Reads the figures of the whole fleet that Redis has at hand, at one instant: nothing that it does takes longer where
-- there is more of everything.
--
-- KEYS  1 due index   2 records of the providers that are out   3 what an operator has paused
--       4 completed jobs that expire soon and wait for an acknowledgement   5 open jobs by poll health
--       6 base of the engine's queue of wake-ups   7 that of the turns of webhooks
-- ARGV  1 ms after which what is due is overdue
-- Returns {now, overdue, due instant of the first, providers out, paused, expiring within 1 h, 6 h, 24 h,
--       due within 1 min, 5 min, 15 min, jobs by the scores of poll health from 1 to 6,
--       entries of the first queue: waiting, prioritized, delayed, active, those of the second,
--       bytes of memory used, its limit, that of the machine; '' where this Redis does not tell}
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local minute, hour = 60000, 3600000
local found = { now }

local function add(value)
  found[#found + 1] = value
end

local function addQueue(base)
  add(redis.call('LLEN', base .. ':wait') + redis.call('LLEN', base .. ':paused'))
  add(redis.call('ZCARD', base .. ':prioritized'))
  add(redis.call('ZCARD', base .. ':delayed'))
  add(redis.call('LLEN', base .. ':active'))
end

add(redis.call('ZCOUNT', KEYS[1], '-inf', now - tonumber(ARGV[1])))
add(redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2] or '')
add(redis.call('SCARD', KEYS[2]))
add(redis.call('SCARD', KEYS[3]))
for _, hours in ipairs({ 1, 6, 24 }) do
  add(redis.call('ZCOUNT', KEYS[4], now, now + hours * hour))
end
for _, minutes in ipairs({ 1, 5, 15 }) do
  add(redis.call('ZCOUNT', KEYS[1], '-inf', now + minutes * minute))
end
for score = 1, 6 do
  add(redis.call('ZCOUNT', KEYS[5], score, score))
end
addQueue(KEYS[6])
addQueue(KEYS[7])

-- Where it may not be asked, as in some clouds, all else is told.
local memory = redis.pcall('INFO', 'memory')
local text = type(memory) == 'string' and memory or ''
for _, name in ipairs({ 'used_memory', 'maxmemory', 'total_system_memory' }) do
  add(string.match(text, name .. ':(%d+)') or '')
end
return found
