import type { ClaimResult } from '@bulkwatch/store';
import { manualClock } from '@bulkwatch/testkit';
import { expect, it } from 'vitest';
import { silentReporter } from '../tests/silent-reporter.js';
import { type PollJobPorts, pollJob } from './poll-job.js';

it('the send guard knows how old a claim is whatever becomes of the wall clock', async () => {
  const right = manualClock();
  let setBackMs = 0;
  const done: string[] = [];
  const ports = {
    clock: { ...right, now: () => right.now() - setBackMs },
    dice: () => 0,
    sendBudgetMs: 2_000,
    reporter: silentReporter,
    jobs: {
      async claimPoll(): Promise<ClaimResult> {
        await right.advance(2_001);
        setBackMs = 3_600_000;
        return { kind: 'claimed', claim: { jobId: 'j', action: 'poll' } as never };
      },
      releaseClaim: async () => void done.push('released'),
    },
    get fetchStatus(): never {
      throw new Error('a stale claim was used');
    },
  };
  const never = new AbortController().signal;
  const signals = { sendNothing: never, cutOff: never };

  await pollJob(ports as unknown as PollJobPorts, { jobId: 'j', wake: 1 }, signals);

  expect(done).toEqual(['released']);
});
