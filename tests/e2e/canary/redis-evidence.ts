import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Evidence } from '@bulkwatch/testkit';
import type { Redis as RedisClient } from 'ioredis';

/** What an operator of this Redis can see: its slow log, which is told to keep every command, and its files. */
export async function redisEvidence(client: RedisClient): Promise<Evidence[]> {
  const slowLog = await client.call('SLOWLOG', 'GET', '-1');
  const acl = await client.call('ACL', 'LOG');
  await client.save();
  return [
    { place: 'redis SLOWLOG', text: JSON.stringify(slowLog) },
    { place: 'redis ACL LOG', text: JSON.stringify(acl) },
    ...(await filesOfRedis(client)),
  ];
}

/** Append-only files and the snapshot, byte for byte. */
async function filesOfRedis(client: RedisClient): Promise<Evidence[]> {
  const [, folder = ''] = await client.config('GET', 'dir');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async ({ name, parentPath }) => ({
      place: `redis file ${name}`,
      text: await readFile(join(parentPath, name), 'latin1'),
    })),
  );
}
