-- The turns of those who wait at the gate of a provider. They are taken in order within a tenant and by turns between
-- tenants (fair queuing by virtual time; Demers, Keshav and Shenker, 1989). Their clock counts rounds: it moves on by
-- one while each tenant that waits has one turn, as fast as the provider takes requests. So the turn of a job that
-- never comes back passes by itself.
--
-- Fields of the record, all of them optional: `round` and `roundAt` (the clock, and when it was looked at, or until when
-- it stands), `isContended` (somebody waits). Beside it: `:turns`, tenants by their next turn.

-- A turn that was missed by more than both of these is void: after an outage everybody's is.
local missedTurnMs, missedTurns = 5000, 8
-- A wait for slow answers that is not looked at half-way, and the longest one that is: the more turns are before it,
-- the less often, so that a long line is no burden.
local guessedMs, longestGuessMs, guessPerTurnMs = 2000, 30000, 5

-- Milliseconds from one turn to the next: the pace or, where answers are slow, what they let through.
local function turnMs(gate)
  return math.max(gate.spacingMs, gate.serviceMs / gate.concurrency)
end

-- Moves the clock of turns on to now. Returns the tenants whose turns it has not passed yet, with their next ones.
local function moveOn(gate)
  local waiting = redis.call('ZRANGEBYSCORE', gate.key .. ':turns', '(' .. gate.round, '+inf', 'WITHSCORES')
  local leftMs, turn = math.max(0, gate.now - gate.roundAt), turnMs(gate)
  local first = 1
  while leftMs > 0 and first < #waiting do
    local tenants, last = (#waiting - first + 1) / 2, tonumber(waiting[first + 1])
    local neededMs = (last - gate.round) * tenants * turn
    if leftMs < neededMs then
      gate.round = gate.round + leftMs / tenants / turn
      break
    end
    gate.round, leftMs, first = last, leftMs - neededMs, first + 2
  end
  gate.roundAt = math.max(gate.roundAt, gate.now)
  local nextTurns, count = {}, 0
  for i = first, #waiting, 2 do
    nextTurns[waiting[i]], count = tonumber(waiting[i + 1]), count + 1
  end
  return nextTurns, count
end

local function book(gate, nextTurns, tenant)
  local turn = math.max(gate.round, nextTurns[tenant] or 0)
  nextTurns[tenant] = turn + 1
  gate.isContended = true
  redis.call('ZADD', gate.key .. ':turns', turn + 1, tenant)
  return turn
end

-- How long the turns last that come before this one.
local function aheadMs(gate, nextTurns, turn)
  local turns = 0
  for _, nextTurn in pairs(nextTurns) do
    turns = turns + math.max(0, math.min(nextTurn, turn) - gate.round)
  end
  local ms = turns * turnMs(gate)
  return ms < 1 and 0 or ms
end

local function isSlow(gate)
  return turnMs(gate) > gate.spacingMs
end

-- When to come back where so much is ahead. How fast slow answers let turns pass is a guess, and wrong where a provider
-- recovers or workers died in the midst of their requests: who waits long for them looks again half-way, or sooner.
local function waitMs(gate, ahead)
  if not isSlow(gate) then
    return math.ceil(ahead)
  end
  local longest = math.max(longestGuessMs, guessPerTurnMs * ahead / turnMs(gate))
  return math.ceil(math.max(math.min(ahead, guessedMs), math.min(ahead / 2, longest)))
end

local function isMissed(gate, turn, tenants)
  local missed = (gate.round - turn) * math.max(1, tenants)
  return missed > math.max(missedTurns, missedTurnMs / turnMs(gate))
end

-- Nobody had this turn: those behind it keep their distance.
local function giveBack(gate, turn, tenants)
  if turn < gate.round then
    gate.round = math.max(gate.round - 1 / math.max(1, tenants), turn)
  end
end

local function saveClock(gate)
  redis.call('HSET', gate.key, 'round', gate.round, 'roundAt', gate.roundAt, 'isContended',
    gate.isContended and '1' or '0')
end
