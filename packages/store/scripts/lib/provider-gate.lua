-- The gate of a provider, which all workers share: how many requests may be in flight, how many may begin in a
-- second, and none but one probe while the provider is out. Who finds it shut books a turn, and comes back for it.
-- Uses lib/provider-turns.lua.
--
-- Fields of the record, all of them optional: `limits` (requests in flight, per second, at once), `tat` (when the
-- next request is due at an even pace: GCRA, ITU-T I.371), `serviceMs` (how long answers take), `openUntil` (out: no
-- request but a probe after it), `probe` and `probeUntil` (the request that is it, and the end of its budget), `window`
-- (requests in flight, for the time being, of a provider that has just come back), `pausedUntil` and `retryAfterMs`
-- (what it asked for), `operatorPausedAt`. Beside it: `:inflight`, requests (`<job>:<epoch>`) by the end of their budget.

-- What is not known yet of a provider's answers.
local usualServiceMs = 200
-- How soon to look what came of a probe, at least.
local probeLookMs = 500
-- In a full house, how often to look in the time of an answer.
local looksPerAnswer = 8

-- Three numbers each, with `-` for a limit of its own that a provider does not have.
local function limitsOf(own, usual)
  local pattern = '^(%S+) (%S+) (%S+)$'
  local concurrency, perSecond, burst = string.match(own or usual, pattern)
  local usualConcurrency, usualPerSecond, usualBurst = string.match(usual, pattern)
  return tonumber(concurrency) or tonumber(usualConcurrency), tonumber(perSecond) or tonumber(usualPerSecond),
    tonumber(burst) or tonumber(usualBurst)
end

local function readGate(key, limits, now)
  local field = redis.call('HMGET', key, 'limits', 'window', 'tat', 'serviceMs', 'round', 'roundAt', 'isContended',
    'openUntil', 'probeUntil', 'pausedUntil', 'retryAfterMs', 'operatorPausedAt',
    'historyCount', 'historyMedianMs', 'historyP90Ms', 'openJobs')
  local concurrency, perSecond, burst = limitsOf(field[1], limits)
  local gate = {
    key = key,
    now = now,
    concurrency = concurrency,
    window = math.min(concurrency, tonumber(field[2] or concurrency)),
    spacingMs = 1000 / perSecond,
    serviceMs = tonumber(field[4] or usualServiceMs),
    round = tonumber(field[5] or 0),
    roundAt = tonumber(field[6] or now),
    isContended = field[7] == '1',
    openUntil = field[8] and tonumber(field[8]),
    probeUntil = tonumber(field[9] or 0),
    pausedUntil = tonumber(field[10] or 0),
    retryAfterMs = tonumber(field[11] or 0),
    operatorPausedAt = field[12],
    history = { field[13], field[14], field[15] },
    openJobs = field[16] or 0,
  }
  gate.isStanding = now < gate.pausedUntil or gate.openUntil
  gate.toleranceMs = (burst - 1) * gate.spacingMs
  -- Neither the pace nor the clock of turns is ever further ahead, unless Redis's clock was set back: then they begin
  -- anew.
  gate.tat = tonumber(field[3] or 0)
  if gate.tat > now + gate.toleranceMs + gate.spacingMs then
    gate.tat = now + gate.toleranceMs
  end
  gate.roundAt = math.min(gate.roundAt,
    math.max(now + math.max(gate.serviceMs, longestGuessMs), gate.pausedUntil, gate.openUntil or 0))
  return gate
end

-- Until somebody's answer is likely to be here; nothing where there is room. A lease that nobody gave back ends
-- with the budget of its request.
local function untilRoomMs(gate, budgetMs)
  local inflight = gate.key .. ':inflight'
  if redis.call('ZCARD', inflight) < gate.window then
    return nil
  end
  redis.call('ZREMRANGEBYSCORE', inflight, '-inf', gate.now)
  if redis.call('ZCARD', inflight) < gate.window then
    return nil
  end
  local oldest = redis.call('ZRANGE', inflight, 0, 0, 'WITHSCORES')
  local ageMs = math.max(0, gate.now - (tonumber(oldest[2]) - budgetMs))
  gate.serviceMs = math.max(gate.serviceMs, ageMs)
  local atLeast = gate.serviceMs / gate.window / looksPerAnswer
  return math.ceil(math.max(1, atLeast, math.min(gate.serviceMs - ageMs, turnMs(gate))))
end

-- When the provider can take a request, and what keeps it from that until then.
local function freeAt(gate, budgetMs, passes)
  if gate.now < gate.pausedUntil and not passes.wait then
    return gate.pausedUntil, 'provider-wait'
  end
  if gate.openUntil and gate.now < gate.openUntil and not passes.circuit then
    return gate.openUntil, 'circuit-open'
  end
  if gate.openUntil and gate.now < gate.probeUntil then
    return math.min(gate.probeUntil, gate.now + math.ceil(math.max(probeLookMs, gate.serviceMs))), 'circuit-open'
  end
  local roomMs = untilRoomMs(gate, budgetMs)
  if roomMs then
    return gate.now + roomMs, 'concurrency'
  end
  local evenly = math.ceil(gate.tat - gate.toleranceMs)
  if gate.now < evenly then
    return evenly, 'pace'
  end
  return gate.now
end

-- Nothing where a request may begin now, which `enter` then writes down. Otherwise the instant to come back at,
-- what keeps the request until then, and the turn that is booked for it.
--
-- `turn` is the one that was booked before; `passes` says what this request need not wait for: the provider's
-- `wait`, an open `circuit`, the turns of others (`turns`).
local function waitAtGate(gate, request)
  local free, hold = freeAt(gate, request.budgetMs, request.passes)
  if free <= gate.now and not gate.isContended then
    return nil
  end

  local nextTurns, tenants = moveOn(gate)
  local turn = request.turn
  if turn and free > gate.now and isMissed(gate, turn, tenants) then
    turn = nil
  end
  if tenants == 0 then
    gate.isContended = false
    redis.call('DEL', gate.key .. ':turns')
  end
  if not turn and (tenants > 0 or free > gate.now) then
    turn = book(gate, nextTurns, request.tenant)
  end
  local ahead = (turn and not request.passes.turns) and aheadMs(gate, nextTurns, turn) or 0
  if ahead == 0 and free <= gate.now then
    saveClock(gate)
    return nil
  end

  if ahead == 0 then
    giveBack(gate, turn, tenants)
  end
  if hold == 'provider-wait' or hold == 'circuit-open' or (hold == 'concurrency' and ahead == 0) then
    gate.roundAt = math.max(gate.roundAt, free)
  end
  saveClock(gate)
  if ahead == 0 then
    return free, hold, turn
  end
  return math.max(free, gate.roundAt) + waitMs(gate, ahead), hold or (isSlow(gate) and 'concurrency' or 'pace'), turn
end

-- A request begins. While the provider is out, it is the probe, and until its budget ends there is no other.
local function enterGate(gate, request, budgetMs)
  redis.call('ZADD', gate.key .. ':inflight', gate.now + budgetMs, request)
  local tat = math.max(gate.tat, gate.now) + gate.spacingMs
  if gate.openUntil then
    redis.call('HSET', gate.key, 'tat', tat, 'probe', request, 'probeUntil', gate.now + budgetMs)
  else
    redis.call('HSET', gate.key, 'tat', tat)
  end
end
