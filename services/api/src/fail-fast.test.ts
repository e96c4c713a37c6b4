import { type JobRecord, type NewJob, StoreUnavailableError } from '@bulkwatch/store';
import { manualClock } from '@bulkwatch/testkit';
import { describe, expect, it } from 'vitest';
import { failFast } from './fail-fast.js';

const job = {} as NewJob;
const stored = { kind: 'created', job: {} as JobRecord } as const;

/** A store that fails as often as there are errors, and works from then on. */
function setup(...errors: Error[]) {
  let asked = 0;
  const clock = manualClock(0);
  const jobs = failFast(
    {
      async register() {
        asked += 1;
        const error = errors.shift();
        if (error) throw error;
        return stored;
      },
    },
    clock,
  );
  return { jobs, clock, asked: () => asked };
}

describe('failFast', () => {
  it('does not ask again for a second after the store was away', async () => {
    const { jobs, clock, asked } = setup(new StoreUnavailableError());
    await expect(jobs.register('t', job)).rejects.toThrow(StoreUnavailableError);

    await clock.advance(999);
    await expect(jobs.register('t', job)).rejects.toThrow(StoreUnavailableError);
    expect(asked()).toBe(1);

    await clock.advance(1);
    expect(await jobs.register('t', job)).toBe(stored);
  });

  it('asks again at once after any other error', async () => {
    const { jobs } = setup(new Error('a bug'));
    await expect(jobs.register('t', job)).rejects.toThrow('a bug');

    expect(await jobs.register('t', job)).toBe(stored);
  });
});
