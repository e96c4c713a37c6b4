import type { Finding } from './decisions.js';
import type { Deed } from './model.js';
import {
  apply,
  claim,
  pass,
  passUntilDue,
  type Registration,
  register,
  release,
  renewToken,
  rescue,
  rush,
} from './movement-commands.js';
import type { Setting } from './run-commands.js';

/** A run that is done on every day: to where random ones seldom get, or what one of them found. */
export interface KnownRun {
  readonly name: string;
  readonly deeds: () => readonly Deed[];
  readonly setting?: Partial<Setting>;
}

const registered = (count: number, more: Partial<Registration> = {}): Deed[] =>
  Array.from({ length: count }, (_, n) =>
    register({
      tenant: ['default', 'clinic'][n % 2] ?? '',
      export: n,
      provider: 0,
      firstDelayMs: 0,
      ...more,
    }),
  );

const waits: Finding['again'] = {
  delayMs: 1_000,
  health: 'ok',
  inProgress: true,
  progressed: false,
  failureCount: 0,
  backoffCount: 0,
  suspectCount: 0,
};

const facts: Finding['facts'] = { method: 'GET', status: 202, durationMs: 40, verdict: 'up' };

const finding = (more: Partial<Finding> = {}): Finding => ({
  ends: false,
  how: 'complete',
  again: waits,
  pageNumber: undefined,
  expiresInMs: undefined,
  facts,
  ...more,
});

const down = finding({ facts: { method: 'GET', durationMs: 900, verdict: 'down' } });
const dice = 0;
const rounds = (count: number, ms: number, answer?: Finding): Deed[] =>
  Array.from({ length: count }, () => [
    rush({ dice, ...(answer ? { finding: answer } : {}) }),
    pass({ ms }),
  ]).flat();

export const knownRuns: readonly KnownRun[] = [
  {
    name: 'a provider goes out, is probed in vain, comes back, and is trusted with more bit by bit',
    setting: { gate: { concurrency: 3, perSecond: 100, burst: 3 } },
    deeds: () => [
      ...registered(8),
      ...rounds(2, 20_000, down),
      ...rounds(3, 61_000, down),
      ...rounds(8, 2_000, finding()),
    ],
  },
  {
    name: 'many tenants wait in a long line for slow answers, and workers die with theirs',
    setting: { gate: { concurrency: 1, perSecond: 5, burst: 1 }, requestBudgetMs: 60_000 },
    deeds: () => [...registered(20), ...rounds(1, 55_000), ...rounds(6, 31_000), ...rounds(4, 200)],
  },
  {
    name: 'turns are missed',
    setting: { gate: { concurrency: 1, perSecond: 1, burst: 1 } },
    deeds: () => [
      ...registered(14, { tenant: 'clinic' }),
      ...rounds(1, 90_000),
      ...rounds(2, 1_000, finding()),
      ...rounds(2, 30_000),
    ],
  },
  {
    name: 'turns come so fast that there is no waiting for them',
    setting: { gate: { concurrency: 3, perSecond: 3_000, burst: 1 } },
    deeds: () => [
      ...registered(1),
      claim({ job: 0, dice }),
      apply({ claim: 0, finding: finding({ facts: { ...facts, durationMs: 0 } }) }),
      ...registered(10),
      ...rounds(3, 1),
    ],
  },
  {
    name: 'a token is replaced while the one before it is refused',
    deeds: () => [
      ...registered(1, { hasToken: true }),
      claim({ job: 0, dice }),
      renewToken({ job: 0, token: 'v1.k1.a.b' }),
      apply({
        claim: 0,
        finding: finding({ again: { ...waits, delayMs: 0, reason: 'auth-rejected' } }),
      }),
      pass({ ms: 5_000 }),
      claim({ job: 0, dice }),
      renewToken({ job: 0, token: 'v1.k1.c.d' }),
      apply({
        claim: 0,
        finding: finding({ again: { ...waits, delayMs: 900_000, reason: 'auth-rejected' } }),
      }),
    ],
  },
  {
    name: 'a job that the rescuer has seen overdue is claimed and given back before it gets there',
    deeds: () => [
      ...registered(2),
      claim({ job: 0, dice }),
      pass({ ms: 20_000 }),
      rescue({ graceMs: 1_000, meanwhile: { job: 1, dice }, givesBack: true }),
      rescue({ graceMs: 1_000, meanwhile: { job: 0, dice } }),
    ],
  },
  {
    name: 'a provider asks for less than it has asked for before, and a job gets well',
    deeds: () => [
      ...registered(2, { hasWebhook: true }),
      claim({ job: 0, dice }),
      claim({ job: 1, dice }),
      apply({
        claim: 1,
        finding: finding({ again: { ...waits, health: 'rate-limited', pauseProviderMs: 60_000 } }),
      }),
      apply({ claim: 0, finding: finding({ again: { ...waits, pauseProviderMs: 1_000 } }) }),
      ...rounds(1, 61_000),
      ...rounds(2, 5_000, finding()),
    ],
  },
  {
    name: 'exports complete that began long before they were registered',
    setting: { gate: { concurrency: 3, perSecond: 100, burst: 3 } },
    deeds: () => [
      ...registered(3, { kickedOffAgoMs: 2 * 86_400_000 }),
      ...registered(6, { kickedOffAgoMs: 60_000 }),
      ...rounds(3, 5_000, finding({ pageNumber: 1 })),
      ...rounds(2, 5_000, finding({ ends: true, pageNumber: 1, expiresInMs: 3_600_000 })),
      passUntilDue({ job: 2 }),
      ...rounds(2, 5_000, finding({ ends: true, pageNumber: 2 })),
    ],
  },
  {
    name: 'a claim is given back when its request has been recorded, and by one who lost it',
    deeds: () => [
      ...registered(1),
      claim({ job: 0, dice }),
      apply({ claim: 0, finding: finding() }),
      release({ claim: 0 }),
      pass({ ms: 20_000 }),
      claim({ job: 0, dice }),
      release({ claim: 1 }),
      release({ claim: 0 }),
    ],
  },
  {
    name: 'a claim is given back until a wait is over that the clock of Redis has jumped over',
    deeds: () => [
      ...registered(1),
      claim({ job: 0, dice }),
      release({ claim: 0, waitMs: 5_000 }),
      claim({ job: 0, dice }),
      pass({ ms: 5_000 }),
      claim({ job: 0, dice }),
      apply({ claim: 1, finding: finding() }),
    ],
  },
];
