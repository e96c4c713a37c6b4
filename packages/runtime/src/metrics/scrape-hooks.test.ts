import { describe, expect, it } from 'vitest';
import { createScrapeHooks, type ScrapeHooks } from './scrape-hooks.js';

function setup(timeoutMs: number): { hooks: ScrapeHooks; problems: unknown[] } {
  const problems: unknown[] = [];
  return {
    hooks: createScrapeHooks({ timeoutMs, onProblem: (error) => problems.push(error) }),
    problems,
  };
}

describe('createScrapeHooks', () => {
  it('waits for every hook', async () => {
    const { hooks } = setup(5_000);
    const ended: string[] = [];
    hooks.add(async () => void ended.push('one'));
    hooks.add(() => new Promise((resolve) => setImmediate(() => resolve(void ended.push('two')))));

    await hooks.run();

    expect(ended).toEqual(['one', 'two']);
  });

  it('tells of hooks that throw, and runs the others', async () => {
    const { hooks, problems } = setup(5_000);
    let ran = 0;
    hooks.add(() => {
      throw new Error('at once');
    });
    hooks.add(() => Promise.reject(new Error('later')));
    hooks.add(async () => void (ran += 1));

    await hooks.run();
    await hooks.run();

    expect(ran).toBe(2);
    expect(problems).toHaveLength(4);
  });

  it('gives up waiting for a hook that hangs, and joins it instead of starting it again', async () => {
    const { hooks } = setup(20);
    const releases: (() => void)[] = [];
    hooks.add(() => new Promise((resolve) => void releases.push(resolve)));

    await hooks.run();
    await hooks.run();
    expect(releases).toHaveLength(1);

    releases[0]?.();
    await new Promise(setImmediate);
    await hooks.run();
    expect(releases).toHaveLength(2);
  });
});
