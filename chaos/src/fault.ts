import type { Redis, RunningProcess } from '@bulkwatch/testkit';

/** What a fault can reach: the parts of the house under test, and dice that the seed of the run decides. */
export interface FaultContext {
  /** In [0, 1). */
  readonly dice: () => number;
  readonly redis: Redis;
  /** Running workers; a fault that ends one leaves it to the house to start another. */
  readonly workers: () => readonly RunningProcess[];
  readonly api: () => RunningProcess;
  /** Waits, or until the run is cut short. */
  readonly sleep: (ms: number) => Promise<void>;
}

/** Ends what a fault does, and what it left; never throws, and may be called when nothing is left to heal. */
export type Healing = () => Promise<void>;

/** A kind of trouble, by a name that logs, the ledger and the scorecard use. */
export interface Fault<Context = FaultContext> {
  readonly name: string;
  /** The row of the list of faults that it stands for, such as `A1`. */
  readonly row: string;
  readonly kind: 'process' | 'redis' | 'network' | 'provider' | 'api' | 'clock';
  /** Does it. Resolves as soon as it is done, with how to end it. */
  inject(context: Context): Promise<Healing>;
}
