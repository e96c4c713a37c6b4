import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '@bulkwatch/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Migration, SchemaPlan, Store } from '../src/index.js';
import { RequirementsError } from '../src/index.js';
import { readSchema } from '../src/schema/read-schema.js';
import { type Bench, newJob, openBench } from './store-bench.js';

/** News that grow old within a test. */
const newsMs = 400;

let bench: Bench;
let opened: Store[] = [];
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  await Promise.all(opened.map((store) => store.close()));
  opened = [];
  unfit = [];
  await bench.raw.del('{bulkwatch}:schema', '{bulkwatch}:processes');
  await bench.raw.sadd('{bulkwatch}:tenants', 'acme');
});

let unfit: string[] = [];

/** A migration that counts its pages, of which it has three. */
function migrationTo(schema: number, options: Partial<Migration> = {}) {
  const pages: string[] = [];
  const migration: Migration = {
    schema,
    what: `to ${schema}`,
    readableBy: schema - 1,
    async migratePage(_context, from) {
      pages.push(from);
      return from === '' ? 'b' : from === 'b' ? 'c' : undefined;
    },
    ...options,
  };
  return { migration, pages };
}

const planOf = (oldest: number, ...migrations: readonly Migration[]): SchemaPlan => ({
  oldest,
  migrations,
  newsMs,
});

async function start(plan: SchemaPlan, release = 'r'): Promise<Store> {
  const store = await bench.open('worker', {
    schemaPlan: plan,
    onUnfit: (error) => unfit.push(error.message),
  });
  opened.push(store);
  await store.schema.join({ service: 'worker', release, host: 'h', pid: 1 });
  return store;
}

/** What a worker does again and again; true once it has nothing left to do. */
async function migrate(store: Store, isOver = () => false): Promise<readonly number[]> {
  const done: number[] = [];
  await store.schema.migrate({
    rest: async () => undefined,
    isOver,
    onMigrated: ({ schema }) => done.push(schema),
  });
  return done;
}

const untilMigrated = (store: Store, schemas: readonly number[]) =>
  eventually(async () => expect(await migrate(store)).toEqual(schemas), { everyMs: 50 });

const schemaOf = async (): Promise<number | undefined> => (await readSchema(bench.raw)).schema;
const { migration: to2 } = migrationTo(2);

describe('the schema of the data', () => {
  it('is the newest at once where nothing has ever been', async () => {
    await bench.raw.del('{bulkwatch}:tenants');
    const store = await start(planOf(1, to2, migrationTo(3).migration));

    expect(await readSchema(bench.raw)).toMatchObject({ schema: 3, readableBy: 2 });
    expect(await migrate(store)).toEqual([]);
    expect(store.schema.schema).toBe(3);
  });

  it('is 1 where there were jobs before there was a record of it', async () => {
    await start(planOf(1, to2));

    expect(await readSchema(bench.raw, planOf(1, to2))).toMatchObject({
      schema: 1,
      readableBy: 1,
      knows: 2,
      pending: [{ schema: 2, what: 'to 2' }],
    });
  });

  it('forgets processes that died without a word, once another comes', async () => {
    await bench.raw.hset('{bulkwatch}:processes', { dead: '1 1 1 {}', gone: '2 1 1 {}' });
    await start(planOf(1));
    await start(planOf(1));

    expect(await bench.raw.hlen('{bulkwatch}:processes')).toBe(2);
  });

  it('refuses a release for which it is too new, and says what to do', async () => {
    await bench.raw.hset('{bulkwatch}:schema', { schema: 5, readableBy: 4, since: 0 });

    const refused = start(planOf(2, migrationTo(3).migration), '0.3.0');
    await expect(refused).rejects.toThrow(RequirementsError);
    await expect(refused).rejects.toThrow(
      'schema 5, for releases that know schema 4 at least; release 0.3.0 knows 3 at most. Start a newer release',
    );
    expect(await bench.raw.hlen('{bulkwatch}:processes')).toBe(0);
  });

  it('is told of by every process when it is gone, and made anew', async () => {
    await start(planOf(1, migrationTo(2).migration));
    await start(planOf(1, migrationTo(2).migration));
    expect(bench.problems).not.toContain('data');
    await bench.raw.del('{bulkwatch}:schema', '{bulkwatch}:processes');

    const told = () => bench.problems.filter((what) => what === 'data');
    await eventually(() => expect(told()).toEqual(['data', 'data']));
    expect(await bench.raw.hget('{bulkwatch}:schema', 'schema')).not.toBeNull();
  });

  it('refuses a release for which it is too old', async () => {
    await bench.raw.hset('{bulkwatch}:schema', { schema: 1, readableBy: 1, since: 0 });

    await expect(start(planOf(2, migrationTo(3).migration))).rejects.toThrow(
      'schema 1; release r works with 2 or newer. Run a release between the two first',
    );
  });

  it('is told by a user who may not use it', async () => {
    await bench.raw.call('ACL', 'SETUSER', 'old', 'on', '>p', '+@all', '~{bulkwatch}:job*');
    const redisUrl = bench.redis.url.replace('//', '//old:p@');
    const store = await bench.open('worker', { redisUrl });
    opened.push(store);

    await expect(
      store.schema.join({ service: 'worker', release: 'r', host: 'h', pid: 1 }),
    ).rejects.toThrow('give it the rights in infra/redis/users.acl');
  });

  it('keeps nobody from starting while Redis is full', async () => {
    await bench.raw.config('SET', 'maxmemory', '1');
    const store = await start(planOf(1, to2)).finally(() =>
      bench.raw.config('SET', 'maxmemory', '0'),
    );

    expect(store.schema.schema).toBeUndefined();
    await eventually(() => expect(store.schema.schema).toBe(1));
  });
});

describe('a migration', () => {
  it('waits until it would know of every process, runs page by page, and once', async () => {
    const { migration, pages } = migrationTo(2);
    const startedAt = performance.now();
    const stores = [await start(planOf(1, migration)), await start(planOf(1, migration))];

    await eventually(
      async () => {
        await Promise.all(stores.map((store) => migrate(store)));
        expect(await schemaOf()).toBe(2);
      },
      { everyMs: 20 },
    );

    expect(performance.now() - startedAt).toBeGreaterThan(newsMs);
    expect(pages).toEqual(['', 'b', 'c']);
    expect(await bench.raw.hgetall('{bulkwatch}:schema')).toMatchObject({ readableBy: '1' });
    await eventually(() => expect(stores.map(({ schema }) => schema.schema)).toEqual([2, 2]));
  });

  it('does not begin while a process lives that does not know it', async () => {
    const old = await start(planOf(1));
    const next = await start(planOf(1, to2));
    await pause(1.5 * newsMs);

    expect(await migrate(next)).toEqual([]);
    await old.close();
    await untilMigrated(next, [2]);
  });

  it('does not wait for ever for a process that was killed', async () => {
    await start(planOf(1));
    await bench.raw.hset('{bulkwatch}:processes', 'dead', `${Date.now() + newsMs} 0 1 {}`);
    await opened.pop()?.close();

    await untilMigrated(await start(planOf(1, to2)), [2]);
    expect(await bench.raw.hexists('{bulkwatch}:processes', 'dead')).toBe(0);
  });

  it('waits until processes that tell nothing have ended', async () => {
    const settleMs = 3 * newsMs;
    const startedAt = performance.now();
    const store = await start(planOf(1, migrationTo(2, { settleMs }).migration));
    await untilMigrated(store, [2]);

    expect(performance.now() - startedAt).toBeGreaterThan(settleMs);
  });

  it('goes on under another process from where the first had come to', async () => {
    const { migration, pages } = migrationTo(2);
    const first = await start(planOf(1, migration));
    const second = await start(planOf(1, migration));
    await eventually(async () => {
      await migrate(first, () => pages.length === 1);
      expect(pages).toEqual(['']);
    });
    await pause(1.5 * newsMs);
    expect(await migrate(second)).toEqual([]);

    await bench.raw.hset('{bulkwatch}:schema', 'until', 0);
    await untilMigrated(second, [2]);
    expect(pages).toEqual(['', 'b', 'c']);
  });

  it('ends without effect for who lost the turn meanwhile', async () => {
    let taken = false;
    const { migration, pages } = migrationTo(2);
    const slow: Migration = {
      ...migration,
      async migratePage(context, from) {
        if (!taken) await bench.raw.hset('{bulkwatch}:schema', 'holder', 'another');
        taken = true;
        return migration.migratePage(context, from);
      },
    };
    const store = await start(planOf(1, slow));
    await eventually(async () => {
      expect(await migrate(store)).toEqual([]);
      expect(pages).toEqual(['']);
    });
    expect(await schemaOf()).toBe(1);
  });

  it('goes through several schemas in order', async () => {
    const store = await start(planOf(1, to2, migrationTo(3).migration));

    await untilMigrated(store, [2, 3]);
    expect(await readSchema(bench.raw)).toMatchObject({ schema: 3, readableBy: 2 });
  });
});

describe('a release that comes back', () => {
  it('works with data that is readable for it, which is migrated again once it has gone', async () => {
    const { migration, pages } = migrationTo(2);
    const next = await start(planOf(1, migration));
    await untilMigrated(next, [2]);
    const old = await start(planOf(1));

    expect(await schemaOf()).toBe(1);
    await old.close();
    await untilMigrated(next, [2]);
    expect(pages).toHaveLength(6);
  });

  it('ends a migration under way', async () => {
    const { migration, pages } = migrationTo(2);
    const next = await start(planOf(1, migration));
    await eventually(async () => {
      await migrate(next, () => pages.length === 1);
      expect(pages).toEqual(['']);
    });
    await start(planOf(1));

    expect(await bench.raw.hkeys('{bulkwatch}:schema')).toEqual(['schema', 'readableBy', 'since']);
    expect(await migrate(next)).toEqual([]);
  });

  it('is refused from the beginning of a migration on that is not for it', async () => {
    const { migration, pages } = migrationTo(3);
    const next = await start(planOf(1, to2, migration));
    await eventually(async () => {
      await migrate(next, () => pages.length === 1);
      expect(pages).toEqual(['']);
    });

    await expect(start(planOf(1))).rejects.toThrow('schema 2, for releases that know schema 2');
  });

  it('ends when it wakes up beside data that is no longer for it', async () => {
    const old = await start(planOf(1));
    await bench.raw.hset('{bulkwatch}:schema', { schema: 3, readableBy: 2 });

    await eventually(() => expect(unfit.join()).toContain('Its data is of schema 3'));
    expect(old.schema.schema).toBe(1);
  });
});

it('has every release of a plan readable for the one before it', async () => {
  const { schemaPlan } = await import('../src/schema/migrations.js');
  const { oldest, migrations } = schemaPlan;

  expect(migrations.map(({ schema }) => schema)).toEqual(
    migrations.map((_, index) => (migrations[0]?.schema ?? 0) + index),
  );
  for (const { schema, readableBy, what } of migrations) {
    expect(readableBy).toBeLessThan(schema);
    expect(what).toMatch(/^[A-Z].*\.$/);
  }
  expect(oldest).toBeLessThanOrEqual(migrations[0]?.schema ?? 1);
});

it('tells who lives, the workers of each release', async () => {
  await bench.register(newJob());
  await start(planOf(1), '0.1.0');
  await start(planOf(1, to2), '0.2.0');

  const { processes } = await readSchema(bench.raw);
  expect(processes).toMatchObject([
    { service: 'worker', release: '0.1.0', host: 'h', knows: 1 },
    { service: 'worker', release: '0.2.0', knows: 2 },
  ]);
});
