import type { Commands, Field } from '../../redis/commands.js';
import { mustBeNumber, numberOr, toNumber, wordsOf } from './lua.js';
import * as turns from './provider-turns.js';

/** `lib/provider-gate.lua`: when a provider takes a request. */

const usualServiceMs = 200;
const probeLookMs = 500;
const looksPerAnswer = 8;

/** A provider's record, as the gate reads it. */
export interface Gate {
  readonly key: string;
  readonly now: number;
  readonly concurrency: number;
  readonly window: number;
  readonly spacingMs: number;
  readonly toleranceMs: number;
  readonly openUntil: number | undefined;
  readonly probeUntil: number;
  readonly pausedUntil: number;
  readonly retryAfterMs: number;
  readonly isOperatorPaused: boolean;
  readonly isStanding: boolean;
  readonly history: readonly Field[];
  readonly openJobs: string | number;
  readonly tat: number;
  serviceMs: number;
  round: number;
  roundAt: number;
  isContended: boolean;
}

/** What a request need not wait for. */
export interface Passes {
  readonly wait: boolean;
  readonly circuit: boolean;
  readonly turns: boolean;
}

/** When to come back, what keeps the request until then, and the turn that is booked for it. */
export interface Wait {
  readonly instant: number;
  readonly by: string;
  readonly turn: number | undefined;
}

function limitsOf(own: Field, usual: string): readonly [number, number, number] {
  const [usually, owned] = [wordsOf(usual), wordsOf(own ?? usual)];
  const limit = (place: number) => toNumber(owned[place]) ?? mustBeNumber(usually[place]);
  return [limit(0), limit(1), limit(2)];
}

const gateFields = [
  'limits',
  'window',
  'tat',
  'serviceMs',
  'round',
  'roundAt',
  'isContended',
  'openUntil',
  'probeUntil',
  'pausedUntil',
  'retryAfterMs',
  'operatorPausedAt',
  'historyCount',
  'historyMedianMs',
  'historyP90Ms',
  'openJobs',
] as const;

export function readGate(redis: Commands, key: string, limits: string, now: number): Gate {
  const field = redis.hmget(key, ...gateFields);
  const [concurrency, perSecond, burst] = limitsOf(field[0], limits);
  const spacingMs = 1000 / perSecond;
  const toleranceMs = (burst - 1) * spacingMs;
  const serviceMs = numberOr(field[3], usualServiceMs);
  const openUntil = toNumber(field[7]);
  const pausedUntil = numberOr(field[9], 0);
  const tat = numberOr(field[2], 0);
  const latestRoundAt = Math.max(
    now + Math.max(serviceMs, turns.longestGuessMs),
    pausedUntil,
    openUntil ?? 0,
  );
  return {
    key,
    now,
    concurrency,
    window: Math.min(concurrency, numberOr(field[1], concurrency)),
    spacingMs,
    toleranceMs,
    openUntil,
    probeUntil: numberOr(field[8], 0),
    pausedUntil,
    retryAfterMs: numberOr(field[10], 0),
    isOperatorPaused: field[11] !== undefined,
    isStanding: now < pausedUntil || openUntil !== undefined,
    history: [field[12], field[13], field[14]],
    openJobs: field[15] ?? 0,
    tat: tat > now + toleranceMs + spacingMs ? now + toleranceMs : tat,
    serviceMs,
    round: numberOr(field[4], 0),
    roundAt: Math.min(numberOr(field[5], now), latestRoundAt),
    isContended: field[6] === '1',
  };
}

function untilRoomMs(redis: Commands, gate: Gate, budgetMs: number): number | undefined {
  const inFlight = `${gate.key}:inflight`;
  if (redis.zcard(inFlight) < gate.window) return undefined;
  redis.zremrangebyscore(inFlight, -Infinity, gate.now);
  if (redis.zcard(inFlight) < gate.window) return undefined;
  const [oldest] = redis.zrange(inFlight, 0, 0);
  if (!oldest) throw new Error(`${gate.key} lets nobody in`);
  const ageMs = Math.max(0, gate.now - (oldest[1] - budgetMs));
  gate.serviceMs = Math.max(gate.serviceMs, ageMs);
  const atLeast = gate.serviceMs / gate.window / looksPerAnswer;
  const likely = Math.min(gate.serviceMs - ageMs, turns.turnMs(gate));
  return Math.ceil(Math.max(1, atLeast, likely));
}

type Free = readonly [instant: number, by?: string];

function freeAt(redis: Commands, gate: Gate, budgetMs: number, passes: Passes): Free {
  const { now, openUntil } = gate;
  if (now < gate.pausedUntil && !passes.wait) return [gate.pausedUntil, 'provider-wait'];
  if (openUntil !== undefined && now < openUntil && !passes.circuit) {
    return [openUntil, 'circuit-open'];
  }
  if (openUntil !== undefined && now < gate.probeUntil) {
    const look = now + Math.ceil(Math.max(probeLookMs, gate.serviceMs));
    return [Math.min(gate.probeUntil, look), 'circuit-open'];
  }
  const roomMs = untilRoomMs(redis, gate, budgetMs);
  if (roomMs !== undefined) return [now + roomMs, 'concurrency'];
  const evenly = Math.ceil(gate.tat - gate.toleranceMs);
  return now < evenly ? [evenly, 'pace'] : [now];
}

interface Request {
  readonly tenant: string;
  readonly turn: number | undefined;
  readonly budgetMs: number;
  readonly passes: Passes;
}

export function waitAtGate(redis: Commands, gate: Gate, request: Request): Wait | undefined {
  const [free, hold] = freeAt(redis, gate, request.budgetMs, request.passes);
  const isFree = free <= gate.now;
  if (isFree && !gate.isContended) return undefined;

  const nextTurns = turns.moveOn(redis, gate);
  const tenants = nextTurns.size;
  let { turn } = request;
  if (turn !== undefined && !isFree && turns.isMissed(gate, turn, tenants)) turn = undefined;
  if (tenants === 0) {
    gate.isContended = false;
    turns.forgetTurns(redis, gate);
  }
  if (turn === undefined && (tenants > 0 || !isFree)) {
    turn = turns.book(redis, gate, nextTurns, request.tenant);
  }
  const isInLine = turn !== undefined && !request.passes.turns;
  const ahead = isInLine ? turns.aheadMs(gate, nextTurns, turn as number) : 0;
  if (ahead === 0 && isFree) {
    turns.saveClock(redis, gate);
    return undefined;
  }

  if (ahead === 0) turns.giveBack(gate, turn as number, tenants);
  const stands = hold === 'provider-wait' || hold === 'circuit-open';
  if (stands || (hold === 'concurrency' && ahead === 0))
    gate.roundAt = Math.max(gate.roundAt, free);
  turns.saveClock(redis, gate);
  if (ahead === 0) return { instant: free, by: hold as string, turn };
  return {
    instant: Math.max(free, gate.roundAt) + turns.waitMs(gate, ahead),
    by: hold ?? (turns.isSlow(gate) ? 'concurrency' : 'pace'),
    turn,
  };
}

/** A request begins, as the probe where the provider is out. */
export function enterGate(redis: Commands, gate: Gate, request: string, budgetMs: number): void {
  redis.zadd(`${gate.key}:inflight`, gate.now + budgetMs, request);
  const tat = Math.max(gate.tat, gate.now) + gate.spacingMs;
  if (gate.openUntil === undefined) redis.hset(gate.key, 'tat', tat);
  else redis.hset(gate.key, 'tat', tat, 'probe', request, 'probeUntil', gate.now + budgetMs);
}
