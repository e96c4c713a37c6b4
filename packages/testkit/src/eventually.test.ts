import { describe, expect, it } from 'vitest';
import { eventually } from './eventually.js';

describe('eventually', () => {
  it('tries until the assertion holds and returns its value', async () => {
    let tries = 0;
    const value = await eventually(
      () => {
        tries += 1;
        expect(tries).toBe(3);
        return 'done';
      },
      { everyMs: 1 },
    );
    expect(value).toBe('done');
  });

  it("fails with the assertion's own error when the time is up", async () => {
    const never = () => expect(1).toBe(2);
    await expect(eventually(never, { timeoutMs: 30, everyMs: 5 })).rejects.toThrow(/expected 1/);
  });

  it('waits for asynchronous assertions', async () => {
    let ready = false;
    setTimeout(() => {
      ready = true;
    }, 10);
    await eventually(() => (ready ? Promise.resolve() : Promise.reject(new Error('not yet'))));
    expect(ready).toBe(true);
  });
});
