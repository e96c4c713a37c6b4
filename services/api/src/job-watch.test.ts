import { describe, expect, it, vi } from 'vitest';
import { createJobWatch } from './job-watch.js';

function setup() {
  const listeners = new Set<(jobId: string, tenant: string) => void>();
  const jobWatch = createJobWatch({
    watchJobs(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  });
  const ring = (jobId: string): void => {
    for (const listener of listeners) listener(jobId, 'default');
  };
  return { jobWatch, ring, listeners };
}

describe('createJobWatch', () => {
  it('wakes everybody who waits for the job, and nobody else', () => {
    const { jobWatch, ring, listeners } = setup();
    const [first, second, other] = [vi.fn(), vi.fn(), vi.fn()];
    jobWatch.watch('a', first);
    jobWatch.watch('a', second);
    jobWatch.watch('b', other);

    ring('a');

    expect(first).toHaveBeenCalledOnce();
    expect(second).toHaveBeenCalledOnce();
    expect(other).not.toHaveBeenCalled();
    expect(listeners.size).toBe(1);
  });

  it('leaves alone who no longer waits', () => {
    const { jobWatch, ring } = setup();
    const [gone, still] = [vi.fn(), vi.fn()];
    const unwatch = jobWatch.watch('a', gone);
    jobWatch.watch('a', still);

    unwatch();
    ring('a');

    expect(gone).not.toHaveBeenCalled();
    expect(still).toHaveBeenCalledOnce();
  });

  it('wakes everybody and stops listening when it stops', () => {
    const { jobWatch, listeners } = setup();
    const wake = vi.fn();
    jobWatch.watch('a', wake);

    jobWatch.stop();

    expect(wake).toHaveBeenCalledOnce();
    expect(jobWatch.stopped).toBe(true);
    expect(listeners.size).toBe(0);
  });
});
