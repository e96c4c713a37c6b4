import { keys } from '@bulkwatch/store/parts';
import type { Clients } from './clients.js';
import { type Fields, isFinal, numberIn, textIn } from './job-shadow.js';
import type { Law } from './law.js';
import type { RedisHost } from './redis-host.js';
import { secretIn } from './secrets.js';
import type { Swarm } from './swarm.js';

/** What must be true once all has been well for long enough: nothing is lost, left over or told twice. */
export function judgeEnd({
  redis,
  clients,
  law,
  swarm,
}: {
  redis: RedisHost;
  clients: Clients;
  law: Law;
  swarm: Swarm;
}): void {
  const { space } = redis;
  const mayBeLost = swarm.isOn('redis-rolled-back');
  for (const { jobId } of clients.acknowledged.values()) {
    const fields = space.find(keys.job(jobId), 'hash')?.fields;
    if (!fields) law.demand(mayBeLost, () => 'accepted, and lost', jobId);
  }
  const prefix = keys.job('');
  const byUrl = new Map<string, number>();
  for (const key of space.keys()) {
    if (!key.startsWith(prefix)) continue;
    const jobId = key.slice(prefix.length);
    const fields = space.find(key, 'hash')?.fields ?? new Map<string, string>();
    const state = textIn(fields, 'state') ?? '';
    law.demand(
      isFinal(state),
      () => `still ${state}: ${[...fields].filter(([name]) => name !== 'sealedToken').join(' ')}`,
      jobId,
    );
    judgeEnding({ redis, clients, law, swarm }, jobId, fields);
    const url = String(fields.get('statusUrl')).split('?')[0] ?? '';
    byUrl.set(url, (byUrl.get(url) ?? 0) + 1);
    if (state === 'completed')
      law.demand(space.exists(keys.manifest(jobId)), () => 'completed without a manifest', jobId);
  }
  if (!swarm.isOn('api-hasty'))
    for (const [url, count] of byUrl)
      law.demand(
        count === 1 || clients.wasUncertain(url),
        () => `${url} is tracked ${count} times`,
      );
  for (const name of ['due', 'health', 'providersOut'] as const) {
    const left = sizeOf(redis, keys[name]);
    law.demand(left === 0, () => `${left} are left in ${name}`);
  }
  for (const origin of new Set(clients.exports.map((one) => one.origin))) {
    const open = Number(space.find(keys.provider(origin), 'hash')?.fields.get('openJobs') ?? 0);
    law.demand(open === 0, () => `${open} jobs of ${origin} count as open`);
    const held = [...(space.find(keys.inFlight(origin), 'zset')?.scores.values() ?? [])];
    law.demand(
      held.every((until) => until <= redis.clockMs),
      () => `${held.length} places at ${origin} are still taken`,
    );
  }
  searchSecrets(redis, law);
}

/** A job ends as its export did, unless somebody cancelled it or time was up. */
function judgeEnding(
  { redis: { clockMs }, clients, law, swarm }: Parameters<typeof judgeEnd>[0],
  jobId: string,
  fields: Fields,
): void {
  const state = textIn(fields, 'state') ?? '';
  const ends = clients.exportOf(textIn(fields, 'statusUrl') ?? '')?.ends ?? 'is nowhere';
  const isAsIs = {
    completed: ends === 'complete' || ends === 'pages',
    // Who says often enough that there is no such export, or nothing that can be understood, is believed.
    failed: ends === 'fails' || ends === 'forgets' || swarm.isOn('provider-odd'),
    cancelled: clients.wasCancelled(jobId),
    abandoned: numberIn(fields, 'deadlineAt') <= clockMs,
  }[state];
  law.demand(
    isAsIs !== false,
    () => `${state} (${textIn(fields, 'reason')}), though its export ${ends}`,
    jobId,
  );
}

function sizeOf({ space }: RedisHost, key: string): number {
  const entry = space.entry(key);
  if (entry?.type === 'zset') return entry.scores.size;
  return entry?.type === 'set' ? entry.members.size : 0;
}

function searchSecrets({ space }: RedisHost, law: Law): void {
  for (const key of space.keys()) {
    const text = JSON.stringify(space.entry(key), plain);
    const secret = secretIn(key + text);
    law.demand(secret === undefined, () => `${secret} is in clear in ${key}`);
  }
}

const plain = (_name: string, value: unknown): unknown => {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  return value instanceof Map || value instanceof Set ? [...(value as Iterable<unknown>)] : value;
};
