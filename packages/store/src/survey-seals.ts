import type { Redis } from 'ioredis';
import { keys } from './keys.js';
import { readSealedManifests } from './reseal-manifests.js';
import { sealKeyId } from './seal.js';
import { sealedFieldNames } from './sealed-fields.js';
import { ask } from './store-context.js';

/** Under which keys something is sealed. */
export interface SealSurvey {
  /** Jobs that were looked at. */
  readonly jobCount: number;
  /** Whether there are jobs that were not looked at. */
  readonly isPartial: boolean;
  /** How many of them have something that is sealed with a key, by the key's id. */
  readonly jobsByKeyId: ReadonlyMap<string, number>;
}

/** Jobs at either end of each list that are looked at: keys that were taken away are missed by the oldest. */
const perEnd = 100;

/**
 * Looks by which keys jobs are sealed, which stands in clear before what is sealed: nothing is opened. Of each tenant
 * the oldest and the newest jobs that are open or completed are looked at.
 * Rejects with StoreUnavailableError while Redis cannot serve.
 */
export async function surveySeals(redis: Redis): Promise<SealSurvey> {
  const jobIds = new Set<string>();
  let isPartial = false;
  for (const tenant of await ask(redis.smembers(keys.tenants))) {
    for (const state of ['registered', 'in-progress', 'completed']) {
      const index = `${keys.index(tenant)}:${state}`;
      const [oldest, newest, count] = await ask(
        Promise.all([
          redis.zrange(index, '0', String(perEnd - 1)),
          redis.zrange(index, String(-perEnd), '-1'),
          redis.zcard(index),
        ]),
      );
      for (const jobId of [...oldest, ...newest]) jobIds.add(jobId);
      isPartial ||= count > 2 * perEnd;
    }
  }
  const jobsByKeyId = new Map<string, number>();
  for (const jobId of jobIds)
    for (const keyId of await keyIdsOf(redis, jobId))
      jobsByKeyId.set(keyId, (jobsByKeyId.get(keyId) ?? 0) + 1);
  return { jobCount: jobIds.size, isPartial, jobsByKeyId };
}

async function keyIdsOf(redis: Redis, jobId: string): Promise<ReadonlySet<string>> {
  const [texts, manifests] = await Promise.all([
    ask(redis.hmget(keys.job(jobId), ...sealedFieldNames)),
    readSealedManifests({ redis }, jobId),
  ]);
  const keyIds = [
    ...texts.map((text) => sealKeyId(text ?? '')),
    ...manifests.map(({ head }) => head.keyId),
  ];
  return new Set(keyIds.filter((keyId) => keyId !== undefined));
}
