import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keys } from '@bulkwatch/store/parts';
import type { Redis } from 'ioredis';
import type { Dump } from './evidence/dump.js';
import { readDump } from './evidence/read-dump.js';
import { readEngine } from './evidence/read-engine.js';

/** What is put to the test: the programs of a house, and how to read what it left in Redis. */
export interface Subject {
  readonly kind: 'chaos' | 'plain-bullmq';
  /** The main of each service. */
  readonly mains: {
    readonly api: string;
    readonly worker: string;
    /** Of the second worker, where that is of another build. */
    readonly secondWorker?: string;
  };
  /** More that its processes are given. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it has API keys, operators, lists, webhooks and streams over HTTP. */
  readonly isWhole: boolean;
  readDump(redis: Redis): Promise<Dump>;
  /** How much is left to do. */
  countLeft(redis: Redis): Promise<number>;
}

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** The house that this repository is. */
export const bulkwatch: Subject = {
  kind: 'chaos',
  mains: {
    api: pathOf('../../services/api/dist/main.js'),
    worker: pathOf('../../services/worker/dist/main.js'),
  },
  isWhole: true,
  readDump,
  countLeft: async (redis) =>
    (await redis.zcard(keys.due)) + (await readEngine(redis)).awake.length,
};

/** This house, with a worker of the build in that folder among its own. */
export const besideBuild = (folder: string): Subject => ({
  ...bulkwatch,
  mains: { ...bulkwatch.mains, secondWorker: join(folder, 'services/worker/dist/main.js') },
});
