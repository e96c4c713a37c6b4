import { readFileSync } from 'node:fs';
import type { JobState } from '@bulkwatch/contract';
import { Redis as RedisClient } from 'ioredis';

/** What a release before there was a schema left in Redis; see fixtures/make-earlier-release.mjs. */
interface EarlierRelease {
  /** The commit that it was. */
  readonly madeFrom: string;
  readonly provider: { readonly port: number };
  readonly sealKeys: string;
  readonly jobs: readonly {
    /** Of its export. */
    readonly id: string;
    readonly jobId: string;
    readonly statusUrl: string;
    /** How it is to end. */
    readonly becomes: JobState;
  }[];
  readonly entries: readonly {
    readonly key: string;
    readonly pttl: number;
    readonly dump: string;
  }[];
}

export const earlierRelease = JSON.parse(
  readFileSync(new URL('fixtures/earlier-release.json', import.meta.url), 'utf8'),
) as EarlierRelease;

/** Puts all of it into an empty Redis. */
export async function restoreEarlierRelease(redisUrl: string): Promise<void> {
  const redis = new RedisClient(redisUrl);
  for (const { key, pttl, dump } of earlierRelease.entries)
    await redis.restore(key, Math.max(pttl, 0), Buffer.from(dump, 'base64'));
  redis.disconnect();
}
