import type { Commands } from '../../redis/commands.js';
import type { Gate } from './provider-gate.js';

/** `lib/provider-turns.lua`: in which order, and when, those come who wait at a gate. */

const missedTurnMs = 5000;
const missedTurns = 8;
const guessedMs = 2000;
export const longestGuessMs = 30_000;
const guessPerTurnMs = 5;

/** Tenants that wait, by their next turns, in the order of Redis. */
export type NextTurns = Map<string, number>;

const turnsKey = (gate: Gate) => `${gate.key}:turns`;

export const turnMs = (gate: Gate): number =>
  Math.max(gate.spacingMs, gate.serviceMs / gate.concurrency);

export function moveOn(redis: Commands, gate: Gate): NextTurns {
  const waiting = redis.zrangebyscore(
    turnsKey(gate),
    { score: gate.round, exclusive: true },
    { score: Infinity },
  );
  let leftMs = Math.max(0, gate.now - gate.roundAt);
  const turn = turnMs(gate);
  let first = 0;
  for (const [, last] of waiting) {
    if (leftMs <= 0) break;
    const tenants = waiting.length - first;
    const neededMs = (last - gate.round) * tenants * turn;
    if (leftMs < neededMs) {
      gate.round += leftMs / tenants / turn;
      break;
    }
    gate.round = last;
    leftMs -= neededMs;
    first += 1;
  }
  gate.roundAt = Math.max(gate.roundAt, gate.now);
  return new Map(waiting.slice(first));
}

export function book(redis: Commands, gate: Gate, nextTurns: NextTurns, tenant: string): number {
  const turn = Math.max(gate.round, nextTurns.get(tenant) ?? 0);
  nextTurns.set(tenant, turn + 1);
  gate.isContended = true;
  redis.zadd(turnsKey(gate), turn + 1, tenant);
  return turn;
}

export function aheadMs(gate: Gate, nextTurns: NextTurns, turn: number): number {
  let turns = 0;
  for (const nextTurn of nextTurns.values()) {
    turns += Math.max(0, Math.min(nextTurn, turn) - gate.round);
  }
  const ms = turns * turnMs(gate);
  return ms < 1 ? 0 : ms;
}

export const isSlow = (gate: Gate): boolean => turnMs(gate) > gate.spacingMs;

export function waitMs(gate: Gate, ahead: number): number {
  if (!isSlow(gate)) return Math.ceil(ahead);
  const longest = Math.max(longestGuessMs, (guessPerTurnMs * ahead) / turnMs(gate));
  return Math.ceil(Math.max(Math.min(ahead, guessedMs), Math.min(ahead / 2, longest)));
}

export function isMissed(gate: Gate, turn: number, tenants: number): boolean {
  const missed = (gate.round - turn) * Math.max(1, tenants);
  return missed > Math.max(missedTurns, missedTurnMs / turnMs(gate));
}

export function giveBack(gate: Gate, turn: number, tenants: number): void {
  if (turn < gate.round) gate.round = Math.max(gate.round - 1 / Math.max(1, tenants), turn);
}

export function saveClock(redis: Commands, gate: Gate): void {
  const { round, roundAt } = gate;
  redis.hset(
    gate.key,
    'round',
    round,
    'roundAt',
    roundAt,
    'isContended',
    gate.isContended ? '1' : '0',
  );
}

export const forgetTurns = (redis: Commands, gate: Gate): number => redis.del(turnsKey(gate));
