import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, openBench } from './store-bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const stream = '{bulkwatch}:events:acme';
beforeEach(() => bench.raw.del(stream));

const event = (tenant: string, padding = '') =>
  JSON.stringify({
    source: `/bulkwatch/tenants/${tenant}`,
    type: 'bulkwatch.export.registered',
    data: { job: { labels: { study: 'a' } } },
    padding,
  });
const append = async (id: string, json = event('acme')): Promise<void> =>
  void (await bench.raw.xadd(stream, id, 'event', json));
const after = (id: string) => bench.store.events.readAfter('acme', id);

describe('readAfter', () => {
  it('reads what came after a point, each event as it is', async () => {
    for (const id of ['1-1', '1-2', '2-0']) await append(id);

    expect(await after('1-1')).toEqual({
      isUnbroken: true,
      oldestId: '1-1',
      events: ['1-2', '2-0'].map((id) => ({
        id,
        type: 'bulkwatch.export.registered',
        labels: { study: 'a' },
        json: event('acme'),
      })),
      readTo: '2-0',
      isLast: true,
    });
    expect(await after('2-0')).toMatchObject({ isUnbroken: true, events: [], readTo: '2-0' });
  });

  it('reads a stream that nothing was ever appended to', async () => {
    const nothing = { isUnbroken: true, oldestId: undefined, events: [], readTo: '0-0' };

    expect(await after('0-0')).toEqual({ ...nothing, isLast: true });
    expect(await bench.store.events.readNewest('acme')).toEqual({ ...nothing, isLast: true });
  });

  it('reads in pages that are bounded by number and by size', async () => {
    const line = bench.raw.pipeline();
    for (let n = 1; n <= 450; n += 1) line.xadd(stream, `${n}-0`, 'event', event('acme'));
    await line.exec();
    const first = await after('0-0');
    expect(first).toMatchObject({ readTo: '200-0', isLast: false });
    expect(await after('400-0')).toMatchObject({ readTo: '450-0', isLast: true });

    await bench.raw.del(stream);
    for (const n of [1, 2, 3, 4]) await append(`${n}-0`, event('acme', 'p'.repeat(150_000)));
    expect(await after('0-0')).toMatchObject({ readTo: '2-0', isLast: false });
    expect(await after('2-0')).toMatchObject({ readTo: '4-0', isLast: true });
  });

  it.each([
    ['before anything was removed', '0-0', true],
    ['the last that was removed', '2-0', false],
    ['the oldest that is kept', '3-0', true],
    ['between two that are kept', '3-5', true],
    ['the newest', '5-0', true],
    ['one that is yet to come', '5-1', false],
  ])('says whether something is missing after %s', async (what, id, isUnbroken) => {
    for (const n of [1, 2, 3, 4, 5]) await append(`${n}-0`);
    if (what !== 'before anything was removed') await bench.raw.xtrim(stream, 'MAXLEN', 3);
    const page = await after(id);

    expect(page.isUnbroken).toBe(isUnbroken);
    if (!isUnbroken) expect(page.events.map((found) => found.id)).toEqual(['3-0', '4-0', '5-0']);
  });

  it('says so of a stream of which nothing is kept', async () => {
    await append('4-0');
    await bench.raw.xtrim(stream, 'MAXLEN', 0);

    expect(await after('4-0')).toMatchObject({ isUnbroken: true, readTo: '4-0', isLast: true });
    expect(await after('3-0')).toMatchObject({
      isUnbroken: false,
      oldestId: undefined,
      readTo: '4-0',
      isLast: true,
    });
  });

  it('passes over what is no event, and what is not of the tenant', async () => {
    await append('1-0', 'rubbish');
    await bench.raw.xadd(stream, '2-0', 'other', 'x');
    await append('3-0', event('globex'));
    await append('4-0', '{"source":"/bulkwatch/tenants/acme","type":"t"}');
    await append('4-1', event('acme').replace('registered', 'two\\nlines'));
    await append('5-0');

    const page = await after('0-0');
    expect(page.events.map(({ id }) => id)).toEqual(['5-0']);
    expect(bench.problems).toContain('event stream');
  });

  it('begins at the newest where it is asked to', async () => {
    for (const id of ['1-0', '2-0']) await append(id);
    expect(await bench.store.events.readNewest('acme')).toMatchObject({
      events: [],
      readTo: '2-0',
      isLast: true,
    });
  });
});
