import { loadSettings } from '@bulkwatch/runtime';
import { type Diagnosis, openDiagnosis, type RedisProgram } from '@bulkwatch/store';
import { type Redis, startRedis } from '@bulkwatch/testkit';
import { Redis as RedisClient } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readText } from './support/infra-files.js';
import { type RedisUser, urlFor, writeUsers } from './support/redis-users.js';

let users: Awaited<ReturnType<typeof writeUsers>>;
let redis: Redis;
let admin: RedisClient;
const opened: Diagnosis[] = [];
beforeAll(async () => {
  users = await writeUsers();
  redis = await startRedis({ settings: { aclfile: users.file } });
  admin = new RedisClient(urlFor('test', redis.port));
});
afterAll(async () => {
  for (const diagnosis of opened) diagnosis.close();
  admin.disconnect();
  await redis.stop();
  await users.remove();
});

async function diagnosisAs(user: RedisUser): Promise<Diagnosis> {
  const env = { BULKWATCH_REDIS_URL: urlFor(user, redis.port) };
  const diagnosis = await openDiagnosis(loadSettings('cli', env), 5_000);
  opened.push(diagnosis);
  return diagnosis;
}

const userOf: Readonly<Record<RedisProgram, RedisUser>> = {
  api: 'bulkwatch-api',
  worker: 'bulkwatch-worker',
  cli: 'bulkwatch-admin',
};
/** What the shipped file says of a user, word by word. */
const wordsOf = (user: RedisUser): string[] =>
  readText('infra/redis/users.acl')
    .split('\n')
    .filter((line) => line.startsWith(`user ${user} `))
    .flatMap((line) => line.split(' ').slice(3));
const give = (user: RedisUser, words: readonly string[]) =>
  admin.call('ACL', 'SETUSER', user, ...words);

/** They come with others, or nothing can be asked without them. */
const notLookedAt = [
  '+@connection',
  '+@transaction',
  '+subscribe',
  '+unsubscribe',
  '+punsubscribe',
];
const isLookedAt = (word: string): boolean =>
  /^(\+|&|~|%R~)/.test(word) && !notLookedAt.includes(word);

describe.each(Object.entries(userOf))('the doctor, as the user of the %s', (program, user) => {
  const name = program as RedisProgram;

  it('finds nothing lacking for it, and leaves no trace', async () => {
    const before = await admin.keys('*');
    const lacking = await (await diagnosisAs(user)).lackingRights();

    expect(lacking[name]).toEqual([]);
    expect(await admin.keys('*')).toEqual(before);
  });

  it('misses each right that is taken away: add it to packages/store/src/redis-rights.ts', async () => {
    const diagnosis = await diagnosisAs(user);
    const words = wordsOf(user);
    const rights = words.filter(isLookedAt);
    const unnoticed: string[] = [];
    for (const right of rights) {
      await give(
        user,
        words.filter((word) => word !== right),
      );
      const lacking = await diagnosis.lackingRights();
      if (lacking[name].length === 0) unnoticed.push(right);
    }
    await give(user, words);

    expect(rights.length).toBeGreaterThan(20);
    expect(unnoticed).toEqual([]);
    expect((await diagnosis.lackingRights())[name]).toEqual([]);
  });
});

it('says of other users what they lack', async () => {
  const lacking = await (await diagnosisAs('bulkwatch-metrics')).lackingRights();
  expect(lacking).toEqual({ api: ['MULTI'], worker: ['MULTI'], cli: ['MULTI'] });

  const asApi = await (await diagnosisAs('bulkwatch-api')).lackingRights();
  expect(asApi.worker).toContain('GETEX {bulkwatch}:token:*');
  expect(asApi.worker.join()).not.toContain('nobody');
});
