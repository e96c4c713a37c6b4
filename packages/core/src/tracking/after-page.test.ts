import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { receivedAt, trackedJob } from '../../tests/tracked.js';
import type { PollMemory } from '../protocol/poll-memory.js';
import type { PageReading } from '../protocol/status-reading.js';
import { afterPage } from './after-page.js';
import { defaultPolicy } from './policy.js';

const urlOf = (page: number) => `https://ehr.example/pages/${page}`;

function pageReading(page: number, nextPage: number): PageReading {
  return {
    kind: 'page',
    retryAfter: {},
    url: urlOf(page),
    nextUrl: urlOf(nextPage),
    bytes: new Uint8Array(10),
    exportComplete: true,
  };
}

const after = (reading: PageReading, memory: PollMemory = {}) =>
  afterPage(reading, {
    job: trackedJob({ memory }),
    now: receivedAt,
    policy: defaultPolicy,
    dice: 0,
  });

/** Goes from page to page for as long as the decisions say so, and tells which pages were put by. */
function walk(nextOf: (page: number) => number, steps: number) {
  const kept = new Set<string>();
  let memory: PollMemory = {};
  let page = 0;
  for (let step = 1; step <= steps; step += 1) {
    const decision = after(pageReading(page, nextOf(page)), memory);
    if (decision.next !== 'poll-again') {
      if (decision.next === 'complete-pages' && decision.page) kept.add(decision.page.url);
      return { decision, kept, steps: step };
    }
    kept.add(decision.page?.url ?? '');
    memory = decision.memory ?? memory;
    page = nextOf(page);
  }
  return { decision: undefined, kept, steps };
}

describe('pages that lead round in a circle', () => {
  it('are found out, wherever the circle begins, after every page of it was put by', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.integer({ min: 1, max: 40 }), (tail, length) => {
        const nextOf = (page: number) => (page + 1 < tail + length ? page + 1 : tail);
        const { decision, kept, steps } = walk(nextOf, 1_000);

        expect(decision).toMatchObject({ next: 'complete-pages', reason: 'manifest-incomplete' });
        expect(kept.size).toBe(tail + length);
        expect(steps).toBeLessThanOrEqual(3 * (tail + length) + 1);
      }),
    );
  });

  it('are not seen where there is none', () => {
    const { decision, kept } = walk((page) => page + 1, 3_000);

    expect(decision).toBeUndefined();
    expect(kept.size).toBe(3_000);
  });
});

describe('the bounds of collecting', () => {
  const collected = { bytes: 0, exportComplete: true, mark: urlOf(0) };

  it('let in as many pages as the policy says, the last one included', () => {
    const { pagesMax } = defaultPolicy;
    const at = (count: number) =>
      after(pageReading(1, 2), { collected: { ...collected, count } }).next;

    expect(at(pagesMax - 2)).toBe('poll-again');
    expect(at(pagesMax - 1)).toBe('complete-pages');
  });

  it('let in as many bytes as the policy says', () => {
    const { pagesBytesMax } = defaultPolicy;
    const at = (bytes: number) =>
      after(pageReading(1, 2), { collected: { ...collected, count: 1, bytes } });

    expect(at(pagesBytesMax - 10)).not.toHaveProperty('reason');
    expect(at(pagesBytesMax - 9)).toMatchObject({ reason: 'response-too-large' });
    expect(at(pagesBytesMax - 9)).not.toHaveProperty('memory');
  });

  it('hold back no page for a job that goes on', () => {
    expect(after(pageReading(0, 1))).toMatchObject({
      next: 'poll-again',
      page: { url: urlOf(0) },
      inProgress: true,
      health: 'ok',
    });
  });
});

it('counts a percentage that went down from one page to the next', () => {
  const job = trackedJob({ progressPercent: 40 });
  const situation = { job, now: receivedAt, policy: defaultPolicy, dice: 0 };

  expect(afterPage({ ...pageReading(1, 2), progressPercent: 39 }, situation)).toMatchObject({
    anomalies: ['progress-regressed'],
  });
});
