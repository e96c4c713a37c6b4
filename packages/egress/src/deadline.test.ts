import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { DeadlineError, withDeadline } from './deadline.js';

const never = new Promise<never>(() => {});

describe('a deadline', () => {
  test('lets steps through that are done in time', async () => {
    const within = <T>(promise: Promise<T>): Promise<T> =>
      withDeadline({ timeoutMs: 60_000 }, ({ bound }) => bound(promise));

    expect(await within(Promise.resolve(7))).toBe(7);
    await expect(within(Promise.reject(new Error('own')))).rejects.toThrow('own');
  });

  test('ends every wait when the time is up', async () => {
    const timedOut = new DeadlineError('timed-out');

    await withDeadline({ timeoutMs: 10 }, async ({ bound, signal }) => {
      await expect(bound(never)).rejects.toEqual(timedOut);
      await expect(bound(never)).rejects.toEqual(timedOut);
      expect(signal.reason).toEqual(timedOut);
    });
  });

  test('ends a wait when the caller gives up, or has given up before', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const wait = (): Promise<never> =>
      withDeadline({ timeoutMs: 60_000, signal }, ({ bound }) => bound(never));

    const early = wait();
    controller.abort('some text of the caller');
    const late = wait();

    await expect(early).rejects.toEqual(new DeadlineError('interrupted'));
    await expect(late).rejects.toEqual(new DeadlineError('interrupted'));
  });

  test('leaves nothing behind, neither with the caller nor in the clock', async () => {
    const { signal } = new AbortController();
    const listeners = (): number => getEventListeners(signal, 'abort').length;
    const timers = (): number =>
      process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
    const timersBefore = timers();

    await withDeadline({ timeoutMs: 60_000, signal }, async () => {
      expect(listeners()).toBe(1);
      expect(timers()).toBe(timersBefore + 1);
    });

    expect(listeners()).toBe(0);
    expect(timers()).toBe(timersBefore);
  });

  test('is over by the clock, even before its timer had a chance to fire', async () => {
    const late = withDeadline({ timeoutMs: 20 }, async (deadline) => {
      deadline.assertOpen();
      // The loop stands still, as it does in a process that was stopped and continued.
      for (const from = performance.now(); performance.now() - from < 40; );
      expect(deadline.signal.aborted).toBe(false);
      deadline.assertOpen();
    });
    await expect(late).rejects.toMatchObject({ reason: 'timed-out' });
  });
});
