import type { SimulatedExport } from './exports.js';
import type { Law } from './law.js';
import type { Process } from './process.js';
import type { Reached } from './reached.js';
import { requestBudgetMs, sendBudgetMs } from './settings.js';
import type { Recorder } from './transition-law.js';
import type { VirtualTime } from './virtual-time.js';

/** A request as its provider saw it, and what the house knows of it. Instants are true, unless they say otherwise. */
export interface Sighting {
  readonly jobId: string;
  readonly epoch: number;
  readonly worker: Process;
  readonly one: SimulatedExport;
  readonly method: string;
  readonly at: number;
  /** Just before its claim was sent. */
  readonly claimedFrom: number;
  /** The wait that its answer asked for, once it has been sent. */
  askedMs: number;
  endedAt: number | undefined;
  /** By Redis's clock as it was then. */
  endedClockMs: number;
}

interface PollState {
  /** The answer that was sent last. */
  last?: Sighting;
  /** By Redis's clock: what the answer recorded last asked for has run out. */
  mayBeAskedFrom: number;
  readonly grants: Map<number, { readonly clockMs: number; readonly wasForced: boolean }>;
  readonly sightings: Map<number, Sighting>;
  readonly recorded: Set<number>;
  isForcedStill: boolean;
}

/** What providers see of us: never early, never too many at once. */
export class SightingLaw implements Recorder {
  early = 0;
  /** Early against an answer that nobody lived to record. */
  earlyUnrecorded = 0;
  polls = 0;
  readonly #polls = new Map<string, PollState>();
  readonly #open = new Map<string, Set<Sighting>>();
  /** True ms: before that, leases may have ended by a clock that was set forward, or been forgotten. */
  #leasesHoldFrom = 0;
  readonly #time: VirtualTime;
  readonly #law: Law;
  readonly #reached: Reached;
  readonly #concurrency: number;
  readonly #clockMs: () => number;

  constructor(parts: {
    time: VirtualTime;
    law: Law;
    reached: Reached;
    concurrency: number;
    /** Redis's clock. */
    clockMs: () => number;
  }) {
    this.#clockMs = parts.clockMs;
    this.#time = parts.time;
    this.#law = parts.law;
    this.#reached = parts.reached;
    this.#concurrency = parts.concurrency;
  }

  granted(jobId: string, epoch: number, clockMs: number, wasForced: boolean): void {
    const poll = this.#pollOf(jobId);
    poll.grants.set(epoch, { clockMs, wasForced: wasForced || poll.isForcedStill });
    poll.isForcedStill = false;
  }

  /** Nothing was sent: what an operator forced is still to be done. */
  released(jobId: string, epoch: number): void {
    const poll = this.#pollOf(jobId);
    poll.isForcedStill = poll.grants.get(epoch)?.wasForced ?? false;
  }

  recorded(jobId: string, epoch: number, clockMs: number): void {
    const poll = this.#pollOf(jobId);
    poll.recorded.add(epoch);
    const sighting = poll.sightings.get(epoch);
    // The wait runs from the answer on, however long it took to record it.
    poll.mayBeAskedFrom = sighting
      ? Math.min(clockMs, sighting.endedClockMs) + sighting.askedMs
      : 0;
  }

  /** Leases are of no use before this instant. */
  leasesAreGone(): void {
    this.#leasesHoldFrom = this.#time.now + requestBudgetMs;
  }

  /** Redis has forgotten what it was told: what is recorded, nobody knows. */
  forget(): void {
    this.leasesAreGone();
    for (const poll of this.#polls.values()) {
      poll.recorded.clear();
      poll.grants.clear();
      poll.sightings.clear();
      poll.mayBeAskedFrom = 0;
      delete poll.last;
    }
  }

  seen(sighting: Sighting): void {
    const { jobId, epoch, at, claimedFrom, method, one } = sighting;
    const poll = this.#pollOf(jobId);
    this.polls += 1;
    this.#law.tell(() => `${method} at ${one.origin} under claim ${epoch}`, jobId);
    const grant = poll.grants.get(epoch);
    if (grant && method === 'GET' && !grant.wasForced)
      this.#demandNotEarly(poll, sighting, grant.clockMs);
    poll.sightings.set(epoch, sighting);
    this.#law.demand(
      at - claimedFrom <= sendBudgetMs + networkMaxMs,
      () => `sent ${at - claimedFrom} ms after its claim`,
      jobId,
    );
    this.#demandFewAtOnce(sighting);
  }

  answered(sighting: Sighting, askedMs: number): void {
    sighting.askedMs = askedMs;
    this.#pollOf(sighting.jobId).last = sighting;
    this.ended(sighting);
  }

  ended(sighting: Sighting): void {
    if (sighting.endedAt === undefined) {
      sighting.endedAt = this.#time.now;
      sighting.endedClockMs = this.#clockMs();
    }
    this.#open.get(sighting.one.origin)?.delete(sighting);
  }

  #demandNotEarly(poll: PollState, { jobId, at }: Sighting, grantedMs: number): void {
    const leftMs = poll.mayBeAskedFrom - grantedMs;
    if (leftMs > 0) {
      this.early += 1;
      this.#law.broken(`asked ${leftMs} ms before a recorded Retry-After had run out`, jobId);
    }
    const { last } = poll;
    if (last?.endedAt === undefined || poll.recorded.has(last.epoch)) return;
    this.#reached.note('answer unrecorded');
    if (at < last.endedAt + last.askedMs) this.earlyUnrecorded += 1;
  }

  /** What a process that was frozen holds longer than its budget cannot be taken from it, and does not count. */
  #demandFewAtOnce(sighting: Sighting): void {
    const { origin } = sighting.one;
    const open = this.#open.get(origin) ?? new Set();
    this.#open.set(origin, open.add(sighting));
    if (this.#time.now < this.#leasesHoldFrom) return;
    const count = [...open].filter(
      ({ claimedFrom, worker }) => worker.isAlive && this.#time.now < claimedFrom + requestBudgetMs,
    ).length;
    this.#law.demand(
      count <= this.#concurrency,
      () => `${count} requests at once at ${origin}, where ${this.#concurrency} may be`,
      sighting.jobId,
    );
  }

  #pollOf(jobId: string): PollState {
    let poll = this.#polls.get(jobId);
    if (!poll) {
      poll = {
        mayBeAskedFrom: 0,
        grants: new Map(),
        sightings: new Map(),
        recorded: new Set(),
        isForcedStill: false,
      };
      this.#polls.set(jobId, poll);
    }
    return poll;
  }
}

/** The longest way of a request to its provider. */
export const networkMaxMs = 50;
