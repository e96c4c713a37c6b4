import type { FaultProxy, Redis, RunningProcess } from '@bulkwatch/testkit';
import type { Dice } from './dice.js';
import type { ChaosProvider } from './provider/chaos-provider.js';

/** A process of the house, which is started again when it dies: `process` is the one of this moment. */
export interface Part {
  readonly name: string;
  readonly process: RunningProcess;
}

/** One that reaches Redis through a proxy of its own. */
export interface ProxiedPart extends Part {
  readonly proxy: FaultProxy;
}

/** A worker, with the wall clock that it believes in. */
export interface WorkerPart extends ProxiedPart {
  readonly clock: { shift(ms: number): void };
}

/** What a fault can reach: the parts of the house under test, and dice that the seed of the run decides. */
export interface FaultContext {
  readonly dice: Dice;
  readonly redis: Redis;
  readonly workers: () => readonly WorkerPart[];
  readonly api: () => ProxiedPart;
  /** Processes that only listen: members of a consumer group, and readers of Server-Sent Events. */
  readonly subscribers: () => readonly Part[];
  readonly provider: ChaosProvider;
  /** Where the api is, and keys of two tenants: for hostile callers. */
  readonly apiUrl: string;
  readonly apiKeys: readonly { readonly tenant: string; readonly text: string }[];
  /** Tells of something that must not happen, which only the fault itself can see. */
  readonly violation: (what: string) => void;
  /** Is told how each connection of a hostile caller ended; null where it was hung up on. */
  readonly ended: (fault: string, status: number | null) => void;
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
