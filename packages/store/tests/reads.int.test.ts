import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobRecord, ListFilter } from '../src/index.js';
import { type Bench, complete, facts, newJob, openBench, tenant } from './store-bench.js';

let bench: Bench;
const registered: JobRecord[] = [];
beforeAll(async () => {
  bench = await openBench();
  for (let n = 0; n < 25; n += 1) {
    registered.push(
      await bench.register(newJob({ labels: { group: n % 2 === 0 ? 'even' : 'odd' } })),
    );
  }
  await bench.jobs.applyDecision(await bench.claim(firstId()), complete, facts);
});
afterAll(() => bench.close());

const firstId = (): string => registered[0]?.id ?? '';

async function listAll(filter: ListFilter, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await bench.jobs.list(tenant, filter, { cursor, limit });
    ids.push(...page.jobs.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return ids;
}

describe('list', () => {
  it('pages through all jobs, the newest first, each once', async () => {
    const newestFirst = registered.map(({ id }) => id).reverse();
    for (const limit of [1, 7, 25, 500]) expect(await listAll({}, limit)).toEqual(newestFirst);
  });

  it('filters by state, label and provider', async () => {
    expect(await listAll({ states: ['completed'] }, 10)).toEqual([registered[0]?.id]);
    expect(await listAll({ labels: [['group', 'odd']] }, 5)).toHaveLength(12);
    expect(
      await listAll(
        {
          labels: [
            ['group', 'odd'],
            ['nothing', 'x'],
          ],
        },
        5,
      ),
    ).toEqual([]);
    expect(await listAll({ provider: 'https://elsewhere.example' }, 5)).toEqual([]);
    expect(await listAll({ health: 'ok', states: ['registered'] }, 5)).toHaveLength(24);
  });

  it('shows a tenant its own jobs only', async () => {
    expect(await bench.jobs.list('other', {}, { cursor: undefined, limit: 10 })).toEqual({
      jobs: [],
    });
    const id = firstId();
    expect(await bench.jobs.get('other', id)).toBeUndefined();
    expect(await bench.jobs.manifest('other', id)).toEqual({ kind: 'none' });
    expect(await bench.jobs.polls('other', id)).toBeUndefined();
  });
});

describe('fleet', () => {
  it('counts jobs by state and what is overdue', async () => {
    expect(await bench.jobs.fleet(60_000)).toMatchObject({
      jobsByState: { registered: 24, completed: 1, failed: 0 },
      overdueCount: 0,
      providersOut: 0,
      pauseCount: 0,
      oldestOverdueAgeMs: 0,
    });
    expect((await bench.jobs.fleet(0)).overdueCount).toBe(24);
  });
});
