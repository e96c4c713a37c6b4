import { finalStates } from '@bulkwatch/contract';
import type { NewJob } from '@bulkwatch/store';
import { keys } from '@bulkwatch/store/parts';
import fc from 'fast-check';
import { expect } from 'vitest';
import { decisionOn, type Finding, factsOf, findings } from './decisions.js';
import { checkInFlight, expectUntouched } from './invariants.js';
import { type Deed, deed, hasJobs, jobAt, type Model, reach } from './model.js';

/** In every token and every query of a URL: it must not be seen in clear anywhere. */
export const canary = 'canary-4711';

const minute = 60_000;
const day = 1_440 * minute;
const finals: readonly string[] = finalStates;

export interface Registration {
  readonly tenant: string;
  readonly export: number;
  readonly provider: number;
  readonly firstDelayMs: number;
  readonly deadlineMs?: number;
  readonly key?: string;
  readonly hasToken?: boolean;
  readonly subscribers?: readonly string[];
  readonly deletes?: boolean;
  readonly hasWebhook?: boolean;
  /** How long before its registration the export began. */
  readonly kickedOffAgoMs?: number;
}

const originAt = (n: number): string => `https://${'abc'[n % 3]}.example`;

const newJob = (asked: Registration, now: number): NewJob => ({
  statusUrl: `${originAt(asked.provider)}/status/${asked.export}?t=${canary}`,
  protocol: 'fhir-bulk',
  provider: originAt(asked.provider),
  labels: { export: String(asked.export) },
  firstDelayMs: asked.firstDelayMs,
  ...(asked.deadlineMs === undefined ? {} : { deadlineMs: asked.deadlineMs }),
  ...(asked.kickedOffAgoMs === undefined ? {} : { kickedOffAt: now - asked.kickedOffAgoMs }),
  ...(asked.hasToken ? { bearerToken: `${canary}-${asked.export}` } : {}),
  ...(asked.deletes ? { deleteOnAcknowledge: true } : {}),
  ...(asked.subscribers ? { requiredSubscribers: asked.subscribers } : {}),
  ...(asked.key ? { idempotency: { key: asked.key, fingerprint: `${asked.export}` } } : {}),
  ...(asked.hasWebhook
    ? { webhook: { url: `https://hook.example/in?key=${canary}`, secret: `whsec_${canary}` } }
    : {}),
});

/** Registers an export, maybe one that is registered already. */
export const register = (what: Registration): Deed =>
  deed('register', what, {
    async run(model, { jobs, twin }, asked) {
      const result = await jobs.register(asked.tenant, newJob(asked, twin.now));
      reach(model, `register ${result.kind}`);
      if (result.kind === 'created') model.jobs.push(result.job.id);
      if (result.kind !== 'created' && result.kind !== 'existing') return;
      const state = twin.commands.hget(keys.job(result.job.id), 'state');
      expect(state, 'a job that was registered').toBeDefined();
    },
  });

export interface Claiming {
  readonly job: number;
  /** By the job's wake-up, or by one before it. */
  readonly wake?: 'old';
  /** The nonce of the last claim again, as if its reply had been lost. */
  readonly again?: true;
  readonly dice: number;
}

/** Asks for the right to poll. */
export const claim = (what: Claiming): Deed =>
  deed('claim', what, {
    check: hasJobs,
    async run(model, bench, { job, wake, again, dice }) {
      const { jobs, twin, context } = bench;
      const jobId = jobAt(model, job);
      const before = twin.commands.hgetall(keys.job(jobId));
      const number = Number(before['wake'] ?? 0) - (wake === 'old' ? 1 : 0);
      const nonce = again ? (before['nonce'] ?? 'none') : `n${(model.nonces += 1)}`;
      const result = await jobs.claimPoll({ jobId, wake: number }, { nonce, dice });
      const after = twin.commands.hgetall(keys.job(jobId));
      reach(model, `claim ${kindOf(result)}${again ? ' again' : ''}`);
      if (result.kind !== 'claimed') return;
      model.claims.push(result.claim);
      expect(wake, 'the wake-up of a claim').not.toBe('old');
      if (nonce === before['nonce']) return expect(after, 'a claim again').toEqual(before);
      expect(twin.now, 'a claim').toBeGreaterThanOrEqual(Number(before['notBefore']));
      if (result.claim.action !== 'abandon') checkInFlight(bench, result.claim.job.provider);
      const ahead = context.limits.requestBudgetMs + context.limits.retryAfterFloorMs;
      expect(Number(after['notBefore']), 'the next one').toBeGreaterThanOrEqual(twin.now + ahead);
    },
  });

function kindOf(result: Awaited<ReturnType<Parameters<Deed['run']>[1]['jobs']['claimPoll']>>) {
  if (result.kind === 'claimed') return `claimed ${result.claim.action}`;
  return result.kind === 'early' ? `early ${result.heldBy ?? ''}`.trim() : result.why;
}

const claimAt = ({ claims }: Model, n: number) => claims[claims.length - 1 - (n % claims.length)];
const hasClaims = ({ claims }: Model): boolean => claims.length > 0;

/** Writes what a request came to, under one of the last claims: maybe again, and maybe too late. */
export const apply = (what: { readonly claim: number; readonly finding: Finding }): Deed =>
  deed('apply', what, {
    check: hasClaims,
    async run(model, { jobs, twin }, { claim: n, finding }) {
      const claimed = claimAt(model, n);
      if (!claimed) return;
      const key = keys.job(claimed.jobId);
      const before = twin.commands.hgetall(key);
      const decision = decisionOn(claimed, finding, twin.now);
      const facts = factsOf(claimed, finding);
      const result = await jobs.applyDecision(claimed, decision, facts);
      const after = twin.commands.hgetall(key);
      const applied = before['appliedEpoch'] === String(claimed.epoch);
      reach(model, `apply ${applied ? 'again ' : ''}${decision.next} ${result.kind}`);
      if (result.circuit) reach(model, `circuit ${result.circuit}`);
      if (before['epoch'] !== String(claimed.epoch)) expect(result.kind).toBe('stale');
      if (result.kind === 'stale' || applied) expectUntouched(before, after);
    },
  });

/** Gives a claim back unused, as one of a job that is still to wait where `waitMs` says so. */
export const release = (what: { readonly claim: number; readonly waitMs?: number }): Deed =>
  deed('release', what, {
    check: hasClaims,
    async run(model, { jobs, twin }, { claim: n, waitMs }) {
      const claimed = claimAt(model, n);
      if (!claimed) return;
      const key = keys.job(claimed.jobId);
      const before = twin.commands.hgetall(key);
      await jobs.releaseClaim(claimed, waitMs);
      const after = twin.commands.hgetall(key);
      const isStale = before['epoch'] !== String(claimed.epoch);
      reach(model, isStale ? 'release stale' : 'release');
      if (isStale) expectUntouched(before, after);
    },
  });

export interface Rescuing {
  readonly graceMs: number;
  /** Claimed while the rescuer looks for wake-ups, and maybe given back. */
  readonly meanwhile?: Claiming;
  readonly givesBack?: boolean;
}

/** Gives all jobs that are overdue by so much new wake-ups. */
export const rescue = (what: Rescuing): Deed =>
  deed('rescue', what, {
    async run(model, bench, { graceMs, meanwhile, givesBack }) {
      const { jobs, problems, meanwhile: during } = bench;
      if (meanwhile && hasJobs(model)) {
        during.push(() => claim(meanwhile).run(model, bench));
        if (givesBack && hasClaims(model))
          during.push(() => release({ claim: 0 }).run(model, bench));
      }
      const rescued = await jobs.rescueOverdue(graceMs);
      during.length = 0;
      reach(model, rescued > 0 ? 'rescued' : 'nothing to rescue');
      expect(problems, 'problems').toEqual([]);
    },
  });

/** Sets Redis's clock on, or back. */
export const pass = (what: { readonly ms: number }): Deed =>
  deed('pass', what, {
    run: (model, { twin }, { ms }) => {
      twin.passTo(twin.now + ms);
      reach(model, ms < 0 ? 'clock set back' : 'time passes');
    },
  });

/** Lets pass the time until a job is due. */
export const passUntilDue = (what: { readonly job: number }): Deed =>
  deed('passUntilDue', what, {
    check: hasJobs,
    run(model, { twin }, { job }) {
      const dueAt = twin.commands.zscore(keys.due, jobAt(model, job));
      if (dueAt !== undefined && dueAt > twin.now) twin.passTo(dueAt);
    },
  });

/**
 * All jobs come at once, each by its own wake-up, as after an outage: the gate has them wait in line. Where there is a
 * finding, all that are let in are answered so, one after the other.
 */
export const rush = (what: { readonly dice: number; readonly finding?: Finding }): Deed =>
  deed('rush', what, {
    check: hasJobs,
    async run(model, bench, { dice: thrown, finding }) {
      for (const place of model.jobs.keys()) {
        const before = model.claims.length;
        await claim({ job: place, dice: thrown }).run(model, bench);
        const isLetIn = model.claims.length > before;
        if (isLetIn && finding) await apply({ claim: 0, finding }).run(model, bench);
      }
    },
  });

/** An operator gives a provider limits of its own, or takes them away: requests in flight, per second, at once. */
export const limit = (what: { readonly provider: number; readonly limits?: string }): Deed =>
  deed('limit', what, {
    run: (_model, { twin }, { provider, limits }) =>
      twin.setField(keys.provider(originAt(provider)), 'limits', limits),
  });

/** Somebody gives an open job another token, or none. */
export const renewToken = (what: { readonly job: number; readonly token?: string }): Deed =>
  deed('renewToken', what, {
    check: hasJobs,
    async run(model, { twin }, { job: n, token }) {
      const key = keys.job(jobAt(model, n));
      if (!finals.includes(twin.commands.hget(key, 'state') ?? '')) {
        await twin.setField(key, 'sealedToken', token);
      }
    },
  });

/** A provider whose jobs are from before they were counted. */
export const forgetCount = (what: { readonly provider: number }): Deed =>
  deed('forgetCount', what, {
    run: (_model, { twin }, { provider }) =>
      twin.setField(keys.provider(originAt(provider)), 'openJobs', undefined),
  });

const registrations: fc.Arbitrary<Registration> = fc.record(
  {
    tenant: fc.constantFrom('default', 'clinic', 'other'),
    export: fc.nat(30),
    provider: fc.nat(1),
    firstDelayMs: fc.constantFrom(0, 0, 0, 500, minute),
    deadlineMs: fc.constantFrom(2 * minute, 600 * minute),
    key: fc.constantFrom('k1', 'k2', 'k3', 'k4', 'k5'),
    hasToken: fc.boolean(),
    subscribers: fc.constantFrom(['lake'], ['lake', 'mart']),
    deletes: fc.boolean(),
    hasWebhook: fc.boolean(),
    kickedOffAgoMs: fc.constantFrom(minute, 2 * day),
  },
  { requiredKeys: ['tenant', 'export', 'provider', 'firstDelayMs'] },
);

const job = fc.nat(19);
const dice = fc.constantFrom(0, 0.25, 0.999);

export const registering = registrations.map(register);

/** What moves jobs. Kinds that come more often stand here more than once. */
export const movement: readonly fc.Arbitrary<Deed>[] = [
  registering,
  ...twice(fc.record({ job, dice }).map(claim)),
  fc
    .record(
      { job, dice, wake: fc.constant('old' as const), again: fc.constant(true as const) },
      { requiredKeys: ['job', 'dice'] },
    )
    .map(claim),
  fc.record({ dice }).map(rush),
  fc.record({ dice, finding: findings }).map(rush),
  ...twice(fc.record({ claim: fc.nat(1), finding: findings }).map(apply)),
  ...twice(fc.record({ claim: fc.nat(9), finding: findings }).map(apply)),
  fc.record({ claim: fc.nat(3), waitMs: fc.nat(20_000) }, { requiredKeys: ['claim'] }).map(release),
  fc
    .record(
      {
        graceMs: fc.constantFrom(0, 1_000, minute),
        meanwhile: fc.record({ job, dice }),
        givesBack: fc.boolean(),
      },
      { requiredKeys: ['graceMs'] },
    )
    .map(rescue),
  fc.record({ ms: fc.constantFrom(1, 50, 200, 1_000, 6_000, 20_000, 90 * minute) }).map(pass),
  fc.record({ ms: fc.constantFrom(-1, -1_000, -10 * minute, 26 * 60 * minute) }).map(pass),
  ...twice(fc.record({ job }).map(passUntilDue)),
  fc
    .record(
      { provider: fc.nat(1), limits: fc.constantFrom('3 2 1', '1 - 2', '- 0.5 -') },
      { requiredKeys: ['provider'] },
    )
    .map(limit),
  fc
    .record({ job, token: fc.constantFrom('v1.k1.a.b', 'v1.k1.c.d') }, { requiredKeys: ['job'] })
    .map(renewToken),
  fc.record({ provider: fc.nat(1) }).map(forgetCount),
];

function twice<T>(value: T): readonly T[] {
  return [value, value];
}
