import { decideNextStep, defaultPolicy, readStatusResponse } from '@bulkwatch/core';
import { createLogger, createMetrics } from '@bulkwatch/runtime';
import type { Claim } from '@bulkwatch/store';
import { describe, expect, it } from 'vitest';
import { createReporter } from './reporter.js';

const now = 1_700_000_000_000;

function claimOf(state: 'registered' | 'in-progress'): Claim {
  return {
    jobId: 'j1',
    epoch: 3,
    wake: 1,
    action: 'poll',
    claimedAt: now,
    dueAt: now,
    job: {
      tenant: 'default',
      statusUrl: 'https://ehr.example/status/1?sig=canary',
      protocol: 'fhir-bulk',
      provider: 'https://ehr.example',
      state,
      deadlineAt: now * 2,
      failureCount: 0,
      backoffCount: 0,
      suspectCount: 0,
    },
  };
}

/** Reports polls as a worker of the shipped log level does, and returns its log lines. */
function linesOf(...polls: ['registered' | 'in-progress', number][]): Record<string, unknown>[] {
  const written: string[] = [];
  const destination = { write: (line: string): void => void written.push(line) };
  const metrics = createMetrics({
    service: 'worker',
    labelValues: {
      reason: ['none', 'provider-error'],
      state: [],
      event: ['progressed'],
      anomaly: [],
    },
    onCollectProblem: () => undefined,
  });
  const logger = createLogger({ service: 'worker', level: 'info', destination });
  const reporter = createReporter(logger, metrics);
  for (const [state, status] of polls) {
    const claim = claimOf(state);
    const response = { status, headers: {}, body: new Uint8Array(), receivedAt: now };
    const reading = readStatusResponse(response);
    const outcome = { kind: 'read', reading } as const;
    const decision = decideNextStep({
      job: claim.job,
      now,
      policy: defaultPolicy,
      dice: 0,
      outcome,
    });
    reporter.polled({
      claim,
      requestId: 'r1',
      outcome: { kind: 'answered', durationMs: 1, response },
      judged: { decision, reading },
      facts: { method: 'GET', status, durationMs: 1 },
      applied: { kind: 'again', delayMs: 5_000 },
    });
  }
  return written.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the log of a worker', () => {
  it('has a line for the job that begins, and none for the polls that follow', () => {
    expect(linesOf(['registered', 202], ['in-progress', 202])).toEqual([
      expect.objectContaining({
        level: 'info',
        jobId: 'j1',
        requestId: 'r1',
        status: 202,
        msg: 'job in progress',
      }),
    ]);
  });

  it('tells of failing polls once for their provider and reason', () => {
    expect(linesOf(['in-progress', 500], ['in-progress', 500])).toEqual([
      expect.objectContaining({
        level: 'warn',
        msg: 'polls fail at https://ehr.example: provider-error',
      }),
    ]);
  });
});
