import type { TrackingPolicy } from '@bulkwatch/core';
import type { StoreContext, StoreLimits } from '@bulkwatch/store/parts';
import type { AskParts } from './ask.js';
import type { Engine } from './engine.js';
import type { Process } from './process.js';
import type { Patience, RedisHost } from './redis-host.js';
import type { Swarm } from './swarm.js';

/** What a world is made of, for those that live in it. */
export interface WorldParts extends AskParts {
  readonly swarm: Swarm;
  readonly redis: RedisHost;
  readonly engine: Engine;
  readonly limits: StoreLimits;
  readonly policy: TrackingPolicy;
  readonly sealer: StoreContext['sealer'];
  /** A client of Redis for one process. */
  readonly connect: (process: Process, patience: Patience) => StoreContext['redis'];
  /** What befalls a process at an await. */
  readonly onAwait: (process: Process) => void;
  /** Until the first job is due, by Redis's clock; negative where it is overdue, infinite where there is none. */
  readonly nextDueInMs: () => number;
}
