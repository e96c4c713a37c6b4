import { describe, expect, it } from 'vitest';
import { receivedAt, trackedJob } from '../../tests/tracked.js';
import { abandonUnasked } from './abandon.js';
import type { TrackedJob } from './decision.js';
import { defaultPolicy } from './policy.js';

const abandoned = (job: Partial<TrackedJob>) =>
  abandonUnasked({ job: trackedJob(job), now: receivedAt, policy: defaultPolicy });

describe('a job that could not be asked at its deadline', () => {
  it('is abandoned, and says how its last poll went', () => {
    expect(abandoned({})).toStrictEqual({ next: 'abandon', reason: 'tracking-deadline' });
    expect(abandoned({ reason: 'connection-failed' })).toStrictEqual({
      next: 'abandon',
      reason: 'tracking-deadline',
      detail: 'last poll: connection-failed',
    });
  });

  it('keeps the pages of an export that is complete', () => {
    const pages = { count: 3, bytes: 30, mark: 'https://ehr.example/pages/1' };
    const collected = { ...pages, completeAt: receivedAt - 1, expiresAt: receivedAt + 1 };

    expect(abandoned({ memory: { collected: pages } })).toMatchObject({ next: 'abandon' });
    expect(abandoned({ memory: { collected }, reason: 'timed-out' })).toStrictEqual({
      next: 'complete-pages',
      collectedCount: 3,
      expiresAt: receivedAt + 1,
      reason: 'manifest-incomplete',
      detail: 'next page: tracking-deadline: last poll: timed-out',
      anomalies: [],
    });
  });
});
