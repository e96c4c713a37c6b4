import { keys } from '@bulkwatch/store/parts';
import type { KeySpace } from '../redis/key-space.js';
import type { GateLaw } from './gate-law.js';
import { type Fields, isFinal, type JobShadow, numberIn, textIn } from './job-shadow.js';
import type { Law } from './law.js';
import type { Reached } from './reached.js';
import { floorMs, requestBudgetMs } from './settings.js';
import type { Reply } from './transition-law.js';

/** What a claim found, as far as it matters. Instants by Redis's clock, 0 where there is none. */
export interface BeforeClaim {
  readonly nonce: string | undefined;
  readonly isForced: boolean;
  /** A cancel's delete request is wanted. */
  readonly isCancelled: boolean;
  /** Something is wanted of a job that is final. */
  readonly isAfterwards: boolean;
  readonly openUntil: number;
  readonly probeUntil: number;
  readonly pausedUntil: number;
}

export function beforeClaim(space: KeySpace, fields: Fields): BeforeClaim {
  const provider =
    space.find(keys.provider(textIn(fields, 'provider') ?? ''), 'hash')?.fields ?? new Map();
  return {
    nonce: textIn(fields, 'nonce'),
    isForced: fields.get('forced') === '1',
    isCancelled: fields.has('intent'),
    isAfterwards: fields.has('refreshUntil') || fields.has('deleteUntil'),
    openUntil: numberIn(provider, 'openUntil'),
    probeUntil: numberIn(provider, 'probeUntil'),
    pausedUntil: numberIn(provider, 'pausedUntil'),
  };
}

export interface JudgedClaim {
  readonly law: Law;
  readonly reached: Reached;
  readonly gate: GateLaw;
  readonly shadow: JobShadow;
  readonly before: BeforeClaim | undefined;
  readonly nonce: string;
  readonly now: number;
  readonly isPaused: boolean;
}

/** Judges the answer to a claim. Returns whether a new claim was granted. */
export function judgeClaim(claim: JudgedClaim, [kind, value, , , action]: Reply): boolean {
  const { law, reached, gate, shadow, before, nonce, now } = claim;
  const demand = (isKept: boolean, what: () => string) => law.demand(isKept, what, shadow.jobId);
  gate.look(now);
  if (kind === 'superseded' || kind === 'settled') reached.note(`claim ${kind}`);
  if (kind === 'early') {
    demand(Number(value) > 0, () => `early by ${value} ms`);
    demand(before?.nonce !== nonce, () => 'a resend was given no claim');
  }
  if (kind !== 'claimed' || !before) return false;
  if (before.nonce === nonce) {
    reached.note('claim answered again by its nonce');
    demand(Number(value) === shadow.epoch, () => 'a resend was given another claim');
    return false;
  }

  const soonerMs = shadow.earliest - now;
  demand(soonerMs <= 0, () => `claimed ${soonerMs} ms before it may be`);
  demand(Number(value) === shadow.epoch + 1, () => `epoch ${value} follows ${shadow.epoch}`);
  demand(!isFinal(shadow.state) || before.isAfterwards, () => `claimed though ${shadow.state}`);
  shadow.epoch = Number(value);
  shadow.nonce = nonce;
  if (action === 'abandon') {
    reached.note('abandoned unasked');
    shadow.earliest = now + requestBudgetMs + floorMs;
    return true;
  }
  judgeEntry(claim, before);
  gate.begin(`${shadow.jobId}:${shadow.epoch}`, now, requestBudgetMs);
  const waits = action === 'poll' ? [shadow.retryAfterMs, gate.learntMs] : [];
  shadow.earliest = now + requestBudgetMs + Math.max(floorMs, ...waits);
  return true;
}

/** Whether a request may begin at the provider at all. */
function judgeEntry({ law, shadow, gate, now, isPaused }: JudgedClaim, before: BeforeClaim): void {
  const demand = (isKept: boolean, what: () => string) => law.demand(isKept, what, shadow.jobId);
  const { isForced, isCancelled, isAfterwards } = before;
  demand(!isPaused || isCancelled || isAfterwards, () => 'claimed though an operator paused it');
  demand(
    isForced || isCancelled || now >= before.pausedUntil,
    () => 'claimed while its provider wants a pause',
  );
  if (before.openUntil > 0) {
    demand(isForced || now >= before.openUntil, () => 'claimed while the circuit is open');
    demand(now >= before.probeUntil, () => 'a second probe');
  }
  const refusal = gate.refusal(now);
  demand(refusal === undefined, () => `claimed though ${refusal}`);
}
