import { StoreUnavailableError } from '@bulkwatch/store';
import { manualClock } from '@bulkwatch/testkit';
import { describe, expect, it } from 'vitest';
import { createFailFast } from './fail-fast.js';

/** A store that fails as often as there are errors, and works from then on. */
function setup(...errors: Error[]) {
  let asked = 0;
  const clock = manualClock(0);
  const failFast = createFailFast(clock);
  const ask = () =>
    failFast(async () => {
      asked += 1;
      const error = errors.shift();
      if (error) throw error;
      return 'answered';
    });
  return { ask, clock, asked: () => asked };
}

describe('createFailFast', () => {
  it('does not ask again for a second after the store was away', async () => {
    const { ask, clock, asked } = setup(new StoreUnavailableError());
    await expect(ask()).rejects.toThrow(StoreUnavailableError);

    await clock.advance(999);
    await expect(ask()).rejects.toThrow(StoreUnavailableError);
    expect(asked()).toBe(1);

    await clock.advance(1);
    expect(await ask()).toBe('answered');
  });

  it('asks again at once after any other error', async () => {
    const { ask } = setup(new Error('a bug'));
    await expect(ask()).rejects.toThrow('a bug');

    expect(await ask()).toBe('answered');
  });
});
