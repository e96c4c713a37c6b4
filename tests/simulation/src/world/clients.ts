import type { JobStore, NewJob } from '@bulkwatch/store';
import { drawExport, type ExportRules, type SimulatedExport } from './exports.js';
import type { WorldParts } from './parts.js';
import { Process } from './process.js';
import { apisPatience } from './redis-host.js';
import { storeOf } from './worker.js';

/** A job of which the api has said that it is tracked. */
export interface Acknowledged {
  readonly jobId: string;
  readonly tenant: string;
  readonly one: SimulatedExport;
  readonly at: number;
}

const operations = [
  'poll',
  'force',
  'pause',
  'resume',
  'delete',
  'cancel',
  'refresh',
  'acknowledge',
  'acknowledge',
  'deadline',
] as const;

const tenants = ['default', 'north'] as const;

/** Everybody who talks to the api, and the api itself: one process that fails fast while Redis is away. */
export class Clients {
  readonly acknowledged = new Map<string, Acknowledged>();
  readonly exports: SimulatedExport[] = [];
  /** Calls that are under way, and registrations that have not been heard of yet. */
  #under = 0;
  /** Status URLs of which a registration ended with an unknown outcome. */
  #registering = 0;
  readonly #uncertain = new Set<string>();
  readonly #cancelled = new Set<string>();
  readonly api: Process;
  readonly #jobs: JobStore;
  readonly #parts: WorldParts;

  constructor(parts: WorldParts) {
    this.#parts = parts;
    this.api = new Process('api', parts.time);
    this.#jobs = storeOf(parts, this.api, apisPatience);
  }

  exportOf(url: string): SimulatedExport | undefined {
    const number = Number(/\/status\/(\d+)/.exec(url)?.[1]);
    return this.exports[number];
  }

  /** Nobody waits for an answer, and everybody who registers has been told that it is done. */
  isQuiet(): boolean {
    return this.#under === 0 && this.#registering === 0;
  }

  /** Where an outcome was unknown, a client without a key may have registered a settled export again. */
  wasUncertain(url: string): boolean {
    return this.#uncertain.has(url);
  }

  /** Whether somebody tried to cancel a job. */
  wasCancelled(jobId: string): boolean {
    return this.#cancelled.has(jobId);
  }

  /** Kicks off an export, and has it tracked, with all the patience of a good client. */
  kickOff(rules: ExportRules): void {
    const { dice, time, swarm } = this.#parts;
    const one = drawExport(dice, this.exports.length, time.now, rules);
    this.exports.push(one);
    const tenant = dice.pick(tenants);
    const job: NewJob = {
      statusUrl: one.url,
      protocol: 'fhir-bulk',
      provider: one.origin,
      labels: {},
      firstDelayMs: dice.chance(0.5) ? 0 : one.retryAfterS * 1_000,
      deadlineMs: dice.chance(0.1) ? dice.spread(60_000, rules.longestMs) : 2 * 86_400_000,
      ...(one.token === undefined ? {} : { bearerToken: one.token }),
      ...(dice.chance(0.3) ? { deleteOnAcknowledge: true } : {}),
      ...(dice.chance(0.2) ? { requiredSubscribers: ['loader', 'archive'] } : {}),
      ...(dice.chance(0.5)
        ? { idempotency: { key: `key-${one.number}`, fingerprint: `print-${one.number}` } }
        : {}),
    };
    this.#registering += 1;
    void this.#register(tenant, one, job);
    const hasty = swarm.rate('api-hasty', 1);
    if (dice.chance(hasty)) {
      this.#registering += 1;
      time.after(dice.spread(1, 600_000), () => void this.#register(tenant, one, job));
    }
  }

  async #register(tenant: string, one: SimulatedExport, job: NewJob): Promise<void> {
    const { time, dice, reached, law } = this.#parts;
    const result = await this.#attempt(() => this.#jobs.register(tenant, job));
    if (result === undefined) {
      this.#uncertain.add(one.url.split('?')[0] ?? '');
      reached.note('registration outcome unknown');
      time.after(dice.spread(500, 30_000), () => void this.#register(tenant, one, job));
      return;
    }
    this.#registering -= 1;
    if (result.kind === 'idempotency-key-reused')
      return law.broken(`the key of export ${one.number} is taken for that of another`);
    if (result.kind === 'not-replicated')
      return law.broken('it waited for replicas that it has not');
    if (result.kind === 'existing') reached.note('registration repeated');
    const jobId = result.job.id;
    if (result.job.statusUrl.split('?')[0] !== one.url.split('?')[0])
      law.broken(`export ${one.number} was taken for another`, jobId);
    if (!this.acknowledged.has(jobId))
      this.acknowledged.set(jobId, { jobId, tenant, one, at: time.now });
  }

  /** A token of an export that has run out is replaced, however often that takes. */
  renewTokens(): void {
    const { time, reached } = this.#parts;
    for (const { jobId, tenant, one } of this.acknowledged.values()) {
      if (one.token === undefined || time.now < one.tokenUntil) continue;
      const [, number = 0] = /-(\d+)$/.exec(one.token) ?? [];
      one.token = `secret-${one.number}-${Number(number) + 1}`;
      one.tokenUntil = Infinity;
      reached.note('token replaced');
      void this.#insist(() => this.#jobs.amend(tenant, jobId, { bearerToken: one.token ?? '' }));
    }
  }

  /** An operator does something to a job, or to a provider's jobs; it may fail, and then he leaves it. */
  operate(): void {
    const { dice, reached } = this.#parts;
    const some = [...this.acknowledged.values()];
    if (some.length === 0) return;
    const { jobId, tenant } = dice.pick(some);
    const what = dice.pick(operations);
    reached.note(`operator: ${what}`);
    if (what === 'cancel' || what === 'delete') this.#cancelled.add(jobId);
    void this.#attempt(async () => {
      switch (what) {
        case 'poll':
        case 'force':
          return this.#jobs.pollNow(tenant, jobId, { force: what === 'force' });
        case 'pause':
          return this.#jobs.pause(tenant, jobId, 'operator');
        case 'resume':
          return this.#jobs.resume(tenant, jobId);
        case 'delete':
          return this.#jobs.cancel(tenant, jobId, { deleteAtProvider: true });
        case 'cancel':
          return this.#jobs.cancel(tenant, jobId, { deleteAtProvider: false });
        case 'acknowledge':
          return this.#jobs.acknowledge(tenant, jobId, {
            subscriber: dice.pick(['loader', 'archive']),
            bearerToken: undefined,
          });
        case 'deadline':
          return this.#jobs.amend(tenant, jobId, {
            deadlineAt: this.#parts.redis.clockMs + dice.spread(60_000, 86_400_000),
          });
        case 'refresh':
          return this.#jobs.refresh(tenant, jobId, { bearerToken: undefined });
      }
    });
  }

  /** Whatever operators hold back goes on. */
  resumeAll(): void {
    for (const { jobId, tenant } of this.acknowledged.values())
      void this.#insist(() => this.#jobs.resume(tenant, jobId));
  }

  async #insist(call: () => Promise<unknown>): Promise<void> {
    const { time, dice } = this.#parts;
    if ((await this.#attempt(call)) === undefined)
      time.after(dice.spread(1_000, 30_000), () => void this.#insist(call));
  }

  /** Undefined where the store was not to be had: then it may be done, or not. */
  async #attempt<T>(call: () => Promise<T>): Promise<T | undefined> {
    this.#under += 1;
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof Error && error.name === 'StoreUnavailableError'))
        this.#parts.law.broken(
          `the api failed: ${error instanceof Error ? error.stack : String(error)}`,
        );
      return undefined;
    } finally {
      this.#under -= 1;
    }
  }
}
