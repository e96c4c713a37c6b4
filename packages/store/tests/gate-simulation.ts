import { startRedis } from '@bulkwatch/testkit';
import { Redis as RedisClient } from 'ioredis';
import { applyDecision } from '../src/apply-decision.js';
import { claimPoll, releaseClaim } from '../src/claim-poll.js';
import type { CircuitLimits, GateLimits } from '../src/gate-limits.js';
import type { Claim, ClaimResult, PollFacts } from '../src/job-store.js';
import { keys } from '../src/keys.js';
import type { StoreContext } from '../src/store-context.js';
import { limits, pollAgain } from './store-bench.js';

const clockKey = 'simulated:now';

/** Redis's clock, as a script reads it, in the simulation's time. */
const simulatedTime = `(function() local now = redis.call('GET', '${clockKey}')
  return { math.floor(now / 1000), now % 1000 * 1000 } end)()`;

/** From just before a claim to the last byte of the answer, at most. */
export const requestBudgetMs = 60_000;

export interface SimulatedJob {
  readonly id: string;
  readonly tenant: string;
  readonly provider: string;
  /** When it is due for the first time. */
  readonly dueAt: number;
}

/** A request as its provider saw it; instants of the simulation. */
export interface Sighting {
  readonly job: SimulatedJob;
  readonly action: Claim['action'];
  readonly at: number;
  readonly endsAt: number;
}

/** What a provider makes of a request. */
export interface Answer {
  readonly serviceMs: number;
  readonly verdict?: PollFacts['verdict'];
  /** Until the job's next poll; a day unless it says otherwise. */
  readonly nextPollMs?: number;
  /** The whole provider asks to be left alone for that long. */
  readonly pauseMs?: number;
  /** The worker dies with the answer, or gives its claim back without a request. */
  readonly fate?: 'lost' | 'released';
}

export interface Rules {
  readonly gate: GateLimits;
  readonly circuit?: CircuitLimits;
  readonly answer: (asked: { job: SimulatedJob; at: number }) => Answer;
  /** How late a wake-up comes, in ms; early where it is negative, though by half its delay at most. On time unless given. */
  readonly wakeLateMs?: () => number;
  /** Sees every claim, and every answer that is recorded, with the instant of Redis's clock. */
  readonly onClaim?: (job: SimulatedJob, result: ClaimResult, redisNow: number) => void;
  readonly onAnswer?: (job: SimulatedJob, answer: Answer, redisNow: number) => void;
}

type Happening = { readonly at: number } & (
  | { readonly kind: 'wake'; readonly job: SimulatedJob }
  | { readonly kind: 'answer'; readonly claim: Claim; readonly seen: Sighting; answer: Answer }
  | { readonly kind: 'act'; readonly act: () => Promise<unknown> | void }
);

/**
 * The real scripts on a real Redis, in a time of its own: what takes a fleet hours passes here in seconds, and alike
 * each time. A worker is there whenever one is needed, so what is seen is the gate's own doing.
 */
export class GateSimulation {
  now = 1_700_000_000_000;
  /** How far Redis's clock is ahead of the simulation's time. */
  redisAheadMs = 0;
  /** Until then no worker is there: what would wake up waits. */
  noWorkerUntil = 0;
  readonly sightings: Sighting[] = [];
  readonly circuit: { readonly at: number; readonly change: string }[] = [];
  readonly abandoned: { readonly at: number; readonly job: SimulatedJob }[] = [];
  /** Calls of the claim script, those that were granted included. */
  claims = 0;
  /** What held jobs, and how often. */
  readonly holds = new Map<string, number>();
  private readonly agenda: Happening[] = [];
  private readonly context: StoreContext;

  readonly redis: RedisClient;
  private readonly rules: Rules;

  constructor(redis: RedisClient, rules: Rules) {
    this.redis = redis;
    this.rules = rules;
    const define = redis.defineCommand.bind(redis);
    redis.defineCommand = (name, script) =>
      define(name, {
        ...script,
        lua: script.lua.replaceAll("redis.call('TIME')", () => simulatedTime),
      });
    const { gate, circuit = limits.circuit } = rules;
    this.context = {
      redis,
      sealer: undefined,
      limits: { ...limits, requestBudgetMs, gate, circuit },
      inlineSignedUrls: false,
      healthEvents: false,
      onProblem: () => undefined,
      clock: { now: () => this.now, observe: () => undefined },
    } as unknown as StoreContext;
  }

  /** Writes the job's record, as a registration leaves it. */
  async add(
    job: SimulatedJob,
    fields: Readonly<Record<string, string | number>> = {},
  ): Promise<void> {
    await this.redis
      .pipeline()
      .hset(keys.job(job.id), {
        state: 'in-progress',
        wake: 1,
        tenant: job.tenant,
        provider: job.provider,
        protocol: 'fhir-bulk',
        statusUrl: `${job.provider}/status/${job.id}`,
        deadlineAt: this.now + 30 * 86_400_000,
        notBefore: job.dueAt,
        dueAt: job.dueAt,
        ...fields,
      })
      .zadd(keys.due, job.dueAt, job.id)
      .exec();
    this.plan({ kind: 'wake', job, at: job.dueAt });
  }

  /** As if the job had been settled by somebody else, and forgotten. */
  async remove(job: SimulatedJob): Promise<void> {
    await this.redis.pipeline().del(keys.job(job.id)).zrem(keys.due, job.id).exec();
  }

  /** Has something done at that instant. */
  at(instant: number, act: () => Promise<unknown> | void): void {
    this.plan({ kind: 'act', act, at: instant });
  }

  /** Lets happen what happens until then. */
  async runUntil(instant: number): Promise<void> {
    for (let next = this.agenda[0]; next && next.at <= instant; next = this.agenda[0]) {
      this.agenda.shift();
      void this.passTo(Math.max(this.now, next.at));
      if (next.kind === 'act') await next.act();
      else if (next.kind === 'answer') await this.conclude(next);
      else if (this.now < this.noWorkerUntil) this.plan({ ...next, at: this.noWorkerUntil });
      else await this.wake(next.job);
    }
    await this.passTo(instant);
  }

  /** Commands of one connection keep their order, so only who ends with this one needs to wait for it. */
  private passTo(instant: number): Promise<unknown> {
    this.now = instant;
    return this.redis.set(clockKey, instant + this.redisAheadMs);
  }

  /** Into the agenda, behind what happens at the same instant. */
  private plan(happening: Happening): void {
    let low = 0;
    let high = this.agenda.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.agenda[middle]?.at ?? 0) <= happening.at) low = middle + 1;
      else high = middle;
    }
    this.agenda.splice(low, 0, happening);
  }

  private wakeAfter(job: SimulatedJob, ms: number): void {
    const lateMs = Math.max(this.rules.wakeLateMs?.() ?? 0, -ms / 2);
    this.plan({ kind: 'wake', job, at: this.now + Math.ceil(ms + lateMs) });
  }

  private async wake(job: SimulatedJob): Promise<void> {
    this.claims += 1;
    const wakeUp = { jobId: job.id, wake: 1 };
    const chance = { nonce: String(this.claims), dice: 0.5 };
    const result = await claimPoll(this.context, wakeUp, chance);
    this.rules.onClaim?.(job, result, this.now + this.redisAheadMs);
    if (result.kind === 'early') {
      const by = result.heldBy ?? 'not due';
      this.holds.set(by, (this.holds.get(by) ?? 0) + 1);
      this.wakeAfter(job, result.remainingMs);
    }
    if (result.kind === 'claimed') this.ask(job, result.claim);
  }

  private ask(job: SimulatedJob, claim: Claim): void {
    const { action } = claim;
    if (action === 'abandon') {
      this.abandoned.push({ job, at: this.now });
      return;
    }
    const answer = this.rules.answer({ job, at: this.now });
    const seen = { job, action, at: this.now, endsAt: this.now + answer.serviceMs };
    if (answer.fate !== 'released') this.sightings.push(seen);
    this.plan({ kind: 'answer', claim, seen, answer, at: seen.endsAt });
  }

  private async conclude({ claim, seen, answer }: Extract<Happening, { kind: 'answer' }>) {
    const { serviceMs: durationMs, verdict = 'up', nextPollMs: delayMs = 86_400_000 } = answer;
    const { pauseMs: pauseProviderMs, fate } = answer;
    if (fate !== 'lost') this.rules.onAnswer?.(seen.job, answer, this.now + this.redisAheadMs);
    if (fate === 'released') await releaseClaim(this.context, claim);
    if (fate) return this.wakeAfter(seen.job, 0);

    const decision = pollAgain({ delayMs, ...(pauseProviderMs ? { pauseProviderMs } : {}) });
    const facts = { method: 'GET', durationMs, verdict } as const;
    const applied = await applyDecision(this.context, claim, decision, facts);
    if (applied.circuit) this.circuit.push({ at: this.now, change: applied.circuit });
    if (applied.kind === 'again') this.wakeAfter(seen.job, applied.delayMs);
  }
}

/** A Redis of its own, whose records are gone after each simulation. */
export async function openSimulations() {
  const server = await startRedis();
  const open: GateSimulation[] = [];
  return {
    async simulate(rules: Rules): Promise<GateSimulation> {
      const simulation = new GateSimulation(new RedisClient(server.url), rules);
      open.push(simulation);
      await simulation.redis.flushall();
      await simulation.runUntil(simulation.now);
      return simulation;
    },
    async close() {
      for (const { redis } of open) redis.disconnect();
      await server.stop();
    },
  };
}
