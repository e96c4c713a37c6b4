import type { JobState, PollHealth } from '@bulkwatch/contract';

/** What subscribers were told of the expiry of a job's files. */
export interface ToldExpiry {
  readonly event: 'expiring' | 'expired';
  /** Whether the job had been acknowledged; `unasked` where it names nobody to wait for, and nothing that follows. */
  readonly acknowledgement: 'given' | 'missing' | 'unasked';
}

/** How long things are kept after a job has settled, or was last refreshed, in ms; Infinity for ever. */
export interface Retention {
  readonly jobsMs: number;
  readonly pollsMs: number;
  readonly manifestsMs: number;
}

/** How many were removed. A job is counted as such, with all that it had. */
export interface Removed {
  readonly jobs: number;
  readonly timelines: number;
  readonly manifests: number;
}

export interface UpkeepOptions {
  /** Who does it: one at a time. */
  readonly holder: string;
  readonly retention: Retention;
  /** Least time from the end of one look to the next. */
  readonly everyMs: number;
  readonly onRemoved: (removed: Removed) => void;
  /** Called after each page, with how long Redis took for it. */
  readonly rest: (tookMs: number) => Promise<void>;
  readonly isOver: () => boolean;
}

/** What is done to all jobs again and again, by the clock. Several may do it at once. */
export interface JobUpkeep {
  /** Tells subscribers of all completed jobs whose files expire soon, or have expired. */
  tellExpiries(onTold: (told: ToldExpiry) => void): Promise<void>;
  /** Removes what has been kept long enough of settled jobs. */
  tendSettled(options: UpkeepOptions): Promise<void>;
  /** Figures of the whole fleet. Overdue is what is due for longer than the tolerance. */
  fleet(overdueToleranceMs: number): Promise<FleetFigures>;
  /**
   * Puts right a page of what is known of the poll health of jobs, where processes of an older release have worked
   * beside. Returns where the next page begins, 0 after the last.
   */
  mendHealth(from: number): Promise<number>;
}

/** Entries of a queue of the engine, by where they are. */
export interface QueueFigures {
  readonly waiting: number;
  readonly prioritized: number;
  readonly delayed: number;
  readonly active: number;
}

/** Figures of the whole fleet. */
export interface FleetFigures {
  /** Redis's clock, epoch ms. */
  readonly now: number;
  readonly jobsByState: Readonly<Record<JobState, number>>;
  /** Of open jobs. */
  readonly openJobsByHealth: Readonly<Record<PollHealth, number>>;
  /** Since the open job was registered that is tracked longest; 0 where none is open. */
  readonly oldestOpenJobAgeMs: number;
  readonly overdueCount: number;
  /** Due within that time, or already. */
  readonly dueCounts: Readonly<Record<'1m' | '5m' | '15m', number>>;
  /** Providers whose circuit is open. */
  readonly providersOut: number;
  /** Providers that an operator has paused, and one more where everything is. */
  readonly pauseCount: number;
  /** Jobs that wait for an acknowledgement and whose files expire within that time. */
  readonly expiringCounts: Readonly<Record<'1h' | '6h' | '24h', number>>;
  /** Age of the longest overdue one; 0 where none is. */
  readonly oldestOverdueAgeMs: number;
  readonly queues: Readonly<Record<'wake-ups' | 'webhooks', QueueFigures>>;
  /** Of Redis; each undefined where it does not tell. A limit of 0 is none. */
  readonly memory: {
    readonly usedBytes: number | undefined;
    readonly limitBytes: number | undefined;
    readonly machineBytes: number | undefined;
  };
}
