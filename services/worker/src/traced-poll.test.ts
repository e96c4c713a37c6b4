import type { Span, Tracing } from '@bulkwatch/runtime';
import { expect, it } from 'vitest';
import type { PollJobPorts } from './poll-job.js';
import { tracedPollJob } from './traced-poll.js';

/** Traces that keep the names of what would be sent. */
function recording() {
  const sent: string[] = [];
  const begin = (name: string): Span => ({
    context: { traceparent: '' },
    begin,
    set: () => undefined,
    rename: () => undefined,
    link: () => undefined,
    end: () => void sent.push(name),
  });
  const tracing: Tracing = {
    begin,
    within: (_span, run) => run(),
    logFields: () => ({}),
    stop: async () => undefined,
  };
  return { tracing, sent };
}

const portsWhere = (claimPoll: () => Promise<unknown>) =>
  ({
    jobs: { claimPoll },
    clock: { monotonicMs: () => 0 },
    dice: () => 0,
    reporter: { claimed: () => undefined },
  }) as unknown as PollJobPorts;

const wakeUp = { jobId: 'j' } as Parameters<ReturnType<typeof tracedPollJob>>[0];
const { signal } = new AbortController();
const signals = { sendNothing: signal, cutOff: signal };

it.each([{ kind: 'early', remainingMs: 7 }, { kind: 'dropped' }])(
  'leaves no trace of a wake-up that is granted no poll: $kind',
  async (result) => {
    const { tracing, sent } = recording();

    await tracedPollJob(
      portsWhere(async () => result),
      tracing,
    )(wakeUp, signals);

    expect(sent).toEqual([]);
  },
);

it('tells of a wake-up that Redis could not serve', async () => {
  const { tracing, sent } = recording();
  const away = new Error('away');
  const poll = tracedPollJob(
    portsWhere(() => Promise.reject(away)),
    tracing,
  );

  await expect(poll(wakeUp, signals)).rejects.toBe(away);

  expect(sent).toEqual(['claim', 'poll']);
});
