import type { Commands, Field } from '../../redis/commands.js';
import { mustBeNumber, numberOr, toNumber, wordsOf } from './lua.js';

/** `lib/provider-breaker.lua`: what a finished request tells of its provider. */

const newestShare = 1 / 8;

export interface Told {
  readonly verdict: string;
  readonly serviceMs?: number | undefined;
}

/** When a provider counts as out, and how often it is probed then. */
export interface Breaker {
  readonly threshold: number;
  readonly firstMs: number;
  readonly longestMs: number;
  readonly limits: string;
  /** Key of the set of those that are out. */
  readonly out: string;
}

export interface Left {
  readonly circuit: string;
  readonly openJobs: string | number;
}

function probeAgain(
  redis: Commands,
  key: string,
  { from, count }: { readonly from: number; readonly count: number },
  breaker: Breaker,
): void {
  const interval = Math.min(breaker.firstMs * 2 ** (count - 1), breaker.longestMs);
  redis.hset(key, 'openUntil', Math.ceil(from + interval), 'openCount', count);
  redis.hdel(key, 'probe', 'probeUntil', 'failures', 'failedBy', 'window');
  redis.sadd(breaker.out, key);
}

/** Only a release comes without a breaker, and it always tells nothing. */
const given = (breaker: Breaker | undefined): Breaker => {
  if (!breaker) throw new Error('a verdict needs a breaker');
  return breaker;
};

interface Judged {
  readonly key: string;
  readonly request: string;
  readonly now: number;
  readonly told: Told;
  readonly field: readonly Field[];
}

function judgeUp(redis: Commands, { key, now, field }: Judged, breaker: Breaker): string {
  const [openUntil, , , failures, , window, limits] = field;
  if (openUntil !== undefined) {
    redis.hdel(key, 'openUntil', 'openCount', 'probe', 'probeUntil');
    redis.hset(key, 'window', 1, 'roundAt', now);
    redis.srem(breaker.out, key);
    return 'closed';
  }
  if (window !== undefined) {
    const [own, usual] = [wordsOf(limits ?? '-')[0], wordsOf(breaker.limits)[0]];
    const widened = mustBeNumber(window) + 1;
    if (widened < (toNumber(own) ?? mustBeNumber(usual))) redis.hset(key, 'window', widened);
    else redis.hdel(key, 'window');
  }
  if (failures !== undefined) redis.hdel(key, 'failures', 'failedBy');
  return '';
}

function judgeProvider(redis: Commands, judged: Judged, breaker: Breaker | undefined): string {
  const { key, request, now, told, field } = judged;
  if (told.verdict === 'up') return judgeUp(redis, judged, given(breaker));
  const [openUntil, openCount, probe, failures, failedBy] = field;
  if (openUntil !== undefined) {
    if (probe === request && told.verdict === 'down' && now >= mustBeNumber(openUntil)) {
      probeAgain(redis, key, { from: now, count: mustBeNumber(openCount) + 1 }, given(breaker));
    } else if (probe === request) {
      redis.hdel(key, 'probe', 'probeUntil');
    }
    return '';
  }
  const jobId = request.slice(0, Math.max(0, request.lastIndexOf(':')));
  if (told.verdict === 'down' && failedBy !== jobId) {
    const count = numberOr(failures, 0) + 1;
    if (count >= given(breaker).threshold) {
      probeAgain(redis, key, { from: now, count: 1 }, given(breaker));
      return 'opened';
    }
    redis.hset(key, 'failures', count, 'failedBy', jobId);
  }
  return '';
}

export function leaveGate(
  redis: Commands,
  key: string,
  { request, now, told }: Pick<Judged, 'request' | 'now' | 'told'>,
  breaker?: Breaker,
): Left {
  redis.zrem(`${key}:inflight`, request);
  const field = redis.hmget(
    key,
    'openUntil',
    'openCount',
    'probe',
    'failures',
    'failedBy',
    'window',
    'limits',
    'serviceMs',
    'openJobs',
  );
  if (told.serviceMs !== undefined) {
    const usual = numberOr(field[7], told.serviceMs);
    redis.hset(key, 'serviceMs', usual + (told.serviceMs - usual) * newestShare);
  }
  const circuit = judgeProvider(redis, { key, request, now, told, field }, breaker);
  return { circuit, openJobs: field[8] ?? 0 };
}
