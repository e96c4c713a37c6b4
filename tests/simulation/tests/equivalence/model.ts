import type { Claim } from '@bulkwatch/store';
import type fc from 'fast-check';
import { checkInvariants } from './invariants.js';
import type { TwinBench } from './twin-bench.js';

/** What is remembered of a run, to choose from and to hold the next state against. */
export interface Model {
  /** Ids, in the order of registration. */
  readonly jobs: string[];
  /** Every claim that was granted, the newest last. */
  readonly claims: Claim[];
  /** State and epoch of each job as they were last seen. */
  readonly seen: Map<string, { readonly state: string; readonly epoch: number }>;
  /** Events that have been looked at, and the ends among them by job. */
  readonly eventIds: Set<string>;
  readonly ends: Map<string, number>;
  nonces: number;
  /** Kinds of replies and actions, and how often they came: what was not reached was not compared. */
  readonly reached: Map<string, number>;
}

/** One command of a run. Its text says all that is needed to give it again. */
export type Deed = fc.AsyncCommand<Model, TwinBench>;

/** What a run begins with. */
export const newModel = (reached: Model['reached'] = new Map()): Model => ({
  jobs: [],
  claims: [],
  seen: new Map(),
  eventIds: new Set(),
  ends: new Map(),
  nonces: 0,
  reached,
});

/** Notes that something happened. */
export function reach({ reached }: Model, what: string): void {
  reached.set(what, (reached.get(what) ?? 0) + 1);
}

/** A deed of that name, whose parameters are plain data; the invariants are checked after it. */
export function deed<What>(
  name: string,
  what: What,
  does: {
    readonly check?: (model: Model) => boolean;
    readonly run: (model: Model, bench: TwinBench, what: What) => Promise<unknown> | void;
  },
): Deed {
  return {
    check: (model) => does.check?.(model) ?? true,
    async run(model, bench) {
      await does.run(model, bench, what);
      checkInvariants(model, bench);
    },
    toString: () => `${name}(${JSON.stringify(what)})`,
  };
}

export const hasJobs = ({ jobs }: Model): boolean => jobs.length > 0;

/** The job that a number stands for. */
export const jobAt = ({ jobs }: Model, n: number): string => jobs[n % jobs.length] ?? '';
