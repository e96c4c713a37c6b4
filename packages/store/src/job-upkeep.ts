import type { JobState } from '@bulkwatch/contract';

/** What subscribers were told of the expiry of a job's files. */
export interface ToldExpiry {
  readonly event: 'expiring' | 'expired';
  /** Whether the job had been acknowledged; `unasked` where it names nobody to wait for, and nothing that follows. */
  readonly acknowledgement: 'given' | 'missing' | 'unasked';
}

/** What is done to jobs after they have settled, by the clock. Several may do it at once. */
export interface JobUpkeep {
  /** Tells subscribers of all completed jobs whose files expire soon, or have expired. */
  tellExpiries(onTold: (told: ToldExpiry) => void): Promise<void>;
}

/** Figures of the whole fleet. */
export interface FleetFigures {
  /** Redis's clock, epoch ms. */
  readonly now: number;
  readonly jobsByState: Readonly<Record<JobState, number>>;
  readonly overdueCount: number;
  /** Providers whose circuit is open. */
  readonly providersOut: number;
  /** Providers that an operator has paused, and one more where everything is. */
  readonly pauseCount: number;
  /** Jobs that wait for an acknowledgement and whose files expire within that time. */
  readonly expiringCounts: Readonly<Record<'1h' | '6h' | '24h', number>>;
  /** Age of the longest overdue one; 0 where none is. */
  readonly oldestOverdueAgeMs: number;
}
