import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, newJob, openBench } from './store-bench.js';

const lengthMax = 40;
let bench: Bench;
beforeAll(async () => {
  bench = await openBench({ eventsMaxLength: lengthMax });
  // Redis trims by whole nodes: here each has one entry, so that numbers are exact.
  await bench.raw.config('SET', 'stream-node-max-entries', 1);
});
afterAll(() => bench.close());

const stream = '{bulkwatch}:events';
const losses = '{bulkwatch}:event-losses';
beforeEach(() => bench.raw.del(stream, losses));

const day = 86_400_000;
/** The instant of the oldest entry that is appended. */
const begin = Date.now() - 10 * day;

/** Appends so many entries, one in each hour. */
async function append(count: number, from = 0): Promise<void> {
  const line = bench.raw.pipeline();
  for (let n = from; n < from + count; n += 1) line.xadd(stream, idOf(n), 'event', '{}');
  await line.exec();
}
const idOf = (n: number): string => `${begin + n * 3_600_000}-0`;
const makeGroup = (name: string, from = '0') => bench.raw.xgroup('CREATE', stream, name, from);
const read = (group: string, count: number) =>
  bench.raw.xreadgroup('GROUP', group, 'me', 'COUNT', count, 'STREAMS', stream, '>');
const acknowledge = (group: string, ...ns: number[]) =>
  bench.raw.xack(stream, group, ...ns.map(idOf));
/** As an append does that finds the stream at its longest. */
const cut = (length: number) => bench.raw.xtrim(stream, 'MAXLEN', length);

const trim = (keepLength = 1_000, maxAgeMs = 365 * day) =>
  bench.store.eventStreams.trim('default', { maxAgeMs, keepLength });
const oldest = async (): Promise<string | undefined> =>
  (await bench.raw.xrange(stream, '-', '+', 'COUNT', 1))[0]?.[0];
const groupNamed = async (name: string) =>
  (await trim()).groups.find((group) => group.name === name);

describe('without groups', () => {
  it('keeps as many as it is to keep', async () => {
    await append(30);

    expect(await trim(10)).toMatchObject({ trimmedCount: 20, length: 10, groups: [] });
    expect(await oldest()).toBe(idOf(20));
    expect(await trim(10)).toMatchObject({ trimmedCount: 0, length: 10 });
  });

  it('keeps what is younger than it is to be', async () => {
    await append(30);

    const { length, oldestAgeMs } = await trim(1_000, 9 * day);

    expect(await oldest()).toBe(idOf(25));
    expect(length).toBe(5);
    expect(oldestAgeMs / day).toBeCloseTo(9, 0);
    expect((await trim(1_000, day)).length).toBe(0);
  });

  it('has nothing to do where there is no stream, or nothing in it', async () => {
    const nothing = { trimmedCount: 0, length: 0, oldestAgeMs: 0, groups: [] };
    expect(await trim(10)).toEqual(nothing);
    await append(1);
    await cut(0);
    expect(await trim(0)).toEqual(nothing);
  });

  it('removes a bounded number at once', async () => {
    await append(1_500);

    expect(await trim(0)).toMatchObject({ trimmedCount: 1_000, length: 500 });
    expect(await trim(0)).toMatchObject({ trimmedCount: 500, length: 0 });
  });

  it('counts each once, by age or by length', async () => {
    await append(30);

    expect(await trim(3, 9 * day)).toMatchObject({ trimmedCount: 27, length: 3 });
  });
});

describe('the floor', () => {
  it('is what the slowest group has not been given', async () => {
    await append(30);
    await makeGroup('fast', '$');
    await makeGroup('slow');
    await read('slow', 12);
    await acknowledge('slow', ...Array.from({ length: 12 }, (_, n) => n));

    await trim(5, day);

    // The last one that it was given stays too: by it a reader tells that nothing after it is gone.
    expect(await oldest()).toBe(idOf(11));
  });

  it('is what a member was given and has not acknowledged', async () => {
    await append(30);
    await makeGroup('loader');
    await read('loader', 20);
    await acknowledge('loader', 0, 1, 2, 4, 5, 6);

    await trim(5, day);
    expect(await oldest()).toBe(idOf(3));
    await acknowledge('loader', 3);
    await trim(5, day);
    expect(await oldest()).toBe(idOf(7));
  });

  it('keeps all for a group that has been given nothing', async () => {
    await append(30);
    await makeGroup('new');

    expect(await trim(0, 0)).toMatchObject({ trimmedCount: 0, length: 30 });
  });

  it('is not held down by what is gone already', async () => {
    await append(30);
    await makeGroup('loader');
    await read('loader', 20);
    await cut(15);
    await acknowledge('loader', 15, 16, 17, 18, 19);

    await trim(0, 0);
    expect(await oldest()).toBe(idOf(19));
  });

  it('is each stream’s own', async () => {
    await append(5);
    await makeGroup('loader');
    const ofAcme = '{bulkwatch}:events:acme';
    await bench.jobs.register('acme', newJob());
    await bench.raw.xgroup('CREATE', ofAcme, 'loader', '$');

    await bench.store.eventStreams.trim('acme', { maxAgeMs: 365 * day, keepLength: 0 });
    expect(await bench.raw.xlen(stream)).toBe(6);
    expect(await bench.raw.xlen(ofAcme)).toBe(1);
    await bench.raw.xgroup('DESTROY', ofAcme, 'loader');
    await bench.store.eventStreams.trim('acme', { maxAgeMs: 365 * day, keepLength: 0 });
    expect(await bench.raw.xlen(ofAcme)).toBe(0);
    expect(await bench.store.eventStreams.tenants()).toEqual(['default', 'acme']);
  });

  it('is unknown where there are more groups than can be looked at, so that nothing goes', async () => {
    await append(30);
    const line = bench.raw.pipeline();
    for (let n = 0; n < 1_001; n += 1) line.xgroup('CREATE', stream, `g${n}`, '$');
    await line.exec();

    expect(await trim(0, 0)).toMatchObject({ trimmedCount: 0, length: 30 });
    await bench.raw.xgroup('DESTROY', stream, 'g0');
    expect((await trim(0, 0)).length).toBe(1);
  });

  it('gives way to an append that finds the stream at its longest', async () => {
    await bench.raw.xgroup('CREATE', stream, 'abandoned', '0', 'MKSTREAM');
    for (let n = 0; n < lengthMax + 10; n += 1) await bench.register();

    expect(await trim(5)).toMatchObject({ length: lengthMax });
  });
});

describe('a group', () => {
  it('is told by what it waits for, and by how much room there is', async () => {
    await append(20);
    await makeGroup('idle');
    await makeGroup('half');
    await read('half', 10);
    await makeGroup('done', '$');

    const { groups } = await trim();
    expect(groups.map(({ name }) => name)).toEqual(['done', 'half', 'idle']);
    expect(groups[0]).toMatchObject({
      pendingCount: 0,
      undeliveredCount: 0,
      oldestNeededAgeMs: undefined,
      headroom: 1,
      lostCount: 0,
    });
    expect(groups[1]).toMatchObject({ pendingCount: 10, undeliveredCount: 10, headroom: 0.5 });
    expect(groups[2]).toMatchObject({ pendingCount: 0, undeliveredCount: 20, headroom: 0.5 });
    expect((groups[2]?.oldestNeededAgeMs ?? 0) / day).toBeCloseTo(10, 1);

    await acknowledge('half', ...Array.from({ length: 10 }, (_, n) => n));
    expect((await groupNamed('half'))?.headroom).toBeCloseTo(0.76, 1);
  });

  it('has lost what was cut before it had acknowledged it, each once', async () => {
    await append(20);
    await makeGroup('slow');
    await read('slow', 8);
    await acknowledge('slow', 0, 1, 2, 3, 4);
    expect((await groupNamed('slow'))?.lostCount).toBe(0);

    // Seven entries go: of those, two were pending.
    await cut(13);
    expect((await groupNamed('slow'))?.lostCount).toBe(2);
    // Five more: one was pending, four it was not given.
    await cut(8);
    expect((await groupNamed('slow'))?.lostCount).toBe(7);
    expect((await groupNamed('slow'))?.lostCount).toBe(7);

    // It goes on, all is well, and then it is left behind again.
    await read('slow', 4);
    await acknowledge('slow', 12, 13, 14, 15);
    await append(10, 20);
    await trim(0);
    expect((await groupNamed('slow'))?.lostCount).toBe(7);
    await cut(10);
    expect((await groupNamed('slow'))?.lostCount).toBe(11);
  });

  it('has lost nothing by what is trimmed behind it', async () => {
    await append(20);
    await makeGroup('loader', idOf(4));
    await read('loader', 10);
    await trim(5, day);
    await acknowledge('loader', 5, 6, 7, 8, 9, 10, 11, 12, 13, 14);
    await trim(2, day);
    await cut(4);

    expect(await groupNamed('loader')).toMatchObject({ lostCount: 1, undeliveredCount: 4 });
  });

  it('has lost all where nothing is left', async () => {
    await append(10);
    await makeGroup('loader');
    await read('loader', 4);
    await cut(0);

    expect(await groupNamed('loader')).toMatchObject({ lostCount: 10, headroom: 1 });
  });

  it('takes its losses with it when it is destroyed', async () => {
    await append(10);
    await makeGroup('gone');
    await trim();
    expect(await bench.raw.hkeys(losses)).toEqual(['gone']);
    await bench.raw.xgroup('DESTROY', stream, 'gone');
    await trim();

    expect(await bench.raw.exists(losses)).toBe(0);
  });

  it('writes nothing while nothing changes', async () => {
    await append(10);
    await makeGroup('loader');
    await trim();
    const before = await bench.raw.info('persistence');
    await trim();
    const dirty = (info: string) => /rdb_changes_since_last_save:(\d+)/.exec(info)?.[1];

    expect(dirty(await bench.raw.info('persistence'))).toBe(dirty(before));
  });
});
