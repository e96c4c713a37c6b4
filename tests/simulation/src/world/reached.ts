/** How often something happened, by its name: a run in which it never did has shown nothing of it. */
export type Counts = Record<string, number>;

export class Reached {
  readonly counts: Counts = {};

  note(name: string, count = 1): void {
    this.counts[name] = (this.counts[name] ?? 0) + count;
  }
}

/** Adds counts to others, in place. */
export function addCounts(to: Counts, more: Counts): void {
  for (const [name, count] of Object.entries(more)) to[name] = (to[name] ?? 0) + count;
}

/** Which of the names are faults that were done to a world. */
export const faultNotes: ReadonlySet<string> = new Set([
  'request lost',
  'reply lost',
  'partition',
  'redis restarted',
  'redis rolled back',
  'write refused',
  "Redis's clock set",
  "a worker's clock set",
  'crash',
  'pause',
  'worker drained',
  'wake-up lost',
  'wake-up doubled',
  'engine keys deleted',
  'provider errors',
  'provider throttles',
  'provider silent',
  'provider resets',
  'token refused',
  'redirected elsewhere',
  'Retry-After absurd',
]);

/** What a batch of worlds must have met at least once; otherwise its verdict is worth nothing. */
export const mustBeReached: readonly string[] = [
  ...faultNotes,
  'claim granted',
  'claim early',
  'claim superseded',
  'claim settled',
  'claim answered again by its nonce',
  'send guard fired',
  'claim handed back',
  'stale apply',
  'apply answered again',
  'job rescued',
  'stalled entry run again',
  'held by pace',
  'held by concurrency',
  'held by provider-wait',
  'held by circuit-open',
  'circuit opened',
  'probe failed',
  'circuit closed',
  'registration repeated',
  'registration resent',
  'registration outcome unknown',
  'abandoned unasked',
  'poll interrupted',
  'token replaced',
  'Retry-After as date',
  'manifest in pages',
  'answer unrecorded',
  'job completed',
  'job failed',
  'job abandoned',
  'job cancelled',
  'operator: poll',
  'operator: force',
  'operator: pause',
  'operator: resume',
  'operator: delete',
  'operator: cancel',
  'operator: refresh',
  'operator: acknowledge',
  'operator: deadline',
  'command sent again',
];
