import { type Client, createClient, subscribeOverSse } from '@bulkwatch/client';
import type { Job } from '@bulkwatch/contract';
import { eventually } from '@bulkwatch/testkit';
import { expect } from 'vitest';
import { steadyCallers } from './steady-callers.js';

/** Callers of all kinds, who register and look at jobs; returns how to end them, and what they saw. */
export function busyCallers(baseUrl: string, ids: readonly string[], newJob: () => object) {
  const { caller, record, stop } = steadyCallers(baseUrl);
  const registered: string[] = [];
  for (let n = 0; n < 3; n += 1) {
    caller(100, async (call) => {
      const body = newJob();
      // A 200 where the answer of the first try was lost.
      const answer = await call('/v1/jobs', { method: 'POST', body, expected: [201, 200] });
      if (answer) registered.push((JSON.parse(answer.text) as Job).id);
    });
    caller(40, (call) => call(`/v1/jobs/${ids[n]}`, { expected: [200] }));
    // Held until something changes, which may be when the api stops.
    caller(0, (call) => call(`/v1/jobs/${ids.at(-1 - n)}?wait=5`, { expected: [200] }));
    caller(200, (call) => call('/v1/jobs?limit=20', { expected: [200] }));
  }
  return { registered, record, stop };
}

/** A subscriber over HTTP that began at the start of the stream: ids of events in the order in which they came. */
export function subscribeFromStart(baseUrl: string) {
  const seen: string[] = [];
  const stopping = new AbortController();
  let position: string | undefined;
  const done = subscribeOverSse(createClient({ baseUrl }), {
    from: 'start',
    position: {
      load: async () => position,
      save: async (entryId) => void (position = entryId),
    },
    onEvent: ({ id }) => void seen.push(id),
    signal: stopping.signal,
  });
  const stop = async (): Promise<void> => {
    stopping.abort();
    await done;
  };
  return { seen, stop };
}

/** Waits until so many jobs are there and every one of them is completed. */
export async function untilCompleted(
  client: Client,
  count: number,
  timeoutMs: number,
): Promise<void> {
  await eventually(
    async () => {
      const jobs: Job[] = [];
      for await (const job of client.eachJob()) jobs.push(job);
      expect(jobs.filter(({ state }) => state !== 'completed')).toEqual([]);
      expect(jobs).toHaveLength(count);
    },
    { timeoutMs, everyMs: 250 },
  );
}
