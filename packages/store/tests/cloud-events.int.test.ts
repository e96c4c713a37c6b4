import { type EventWord, events, eventWords, registrationLimits } from '@bulkwatch/contract';
import { CloudEvent, HTTP } from 'cloudevents';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewJob } from '../src/index.js';
import { checkEvent } from './check-event.js';
import {
  type Bench,
  complete,
  facts,
  manifestText,
  newJob,
  openBench,
  pollAgain,
  tenant,
} from './store-bench.js';

/** As shipped: BULKWATCH_EVENT_MANIFEST_MAX. */
const eventManifestMaxBytes = 48 * 1024;
let bench: Bench;
beforeAll(async () => {
  bench = await openBench({ eventManifestMaxBytes });
});
afterAll(() => bench.close());

const poll = async (jobId: string, decision: Parameters<typeof pollAgain>[0] = {}) =>
  bench.jobs.applyDecision(await bench.claim(jobId), pollAgain({ delayMs: 0, ...decision }), facts);

/** A manifest of about that many bytes. */
function manifestOf(bytes: number): Uint8Array {
  const output = Array.from({ length: Math.ceil(bytes / 64) }, (_, n) => ({
    type: 'Patient',
    url: `https://ehr.example/f/${String(n).padStart(12, '0')}`,
  }));
  return new TextEncoder().encode(JSON.stringify({ output }).padEnd(bytes, ' '));
}

/** As much as a registration may say, in letters that take room. */
const talkative: Partial<NewJob> = {
  labels: Object.fromEntries(
    Array.from({ length: registrationLimits.labelCount }, (_, n) => [
      `label-${n}`.padEnd(registrationLimits.labelKey, 'x'),
      'ü'.repeat(registrationLimits.labelValue),
    ]),
  ),
  reference: 'ü'.repeat(registrationLimits.reference),
};

/** How an event of each kind comes about. */
const ways: Readonly<Record<string, (jobId: string) => Promise<unknown>>> = {
  registered: async () => undefined,
  progressed: (id) => poll(id, { progressed: true, progress: '4 of “9” files' }),
  partial: (id) => poll(id, { partials: ['{"output":[{"type":"Patient","url":"u?sig=x"}]}'] }),
  stalled: (id) =>
    poll(id, { health: 'stalled', stalled: { since: Date.now(), thresholdMs: 90_000 } }),
  'health-changed': async (id) => {
    const store = await bench.open('worker', { healthEvents: true });
    const sick = { health: 'unreachable', reason: 'timed-out', inProgress: false } as const;
    const claim = await bench.claim(id);
    await store.jobs.applyDecision(claim, pollAgain({ delayMs: 0, ...sick }), facts);
    await store.close();
  },
  completed: async (id) => bench.jobs.applyDecision(await bench.claim(id), complete, facts),
  expiring: (id) => completeAndLook(id, 60_000),
  expired: (id) => completeAndLook(id, -1_000),
  failed: async (id) =>
    bench.jobs.applyDecision(
      await bench.claim(id),
      { next: 'fail', reason: 'export-failed', detail: 'a "reason"\nof theirs' },
      facts,
    ),
  cancelled: (id) => bench.jobs.cancel(tenant, id, { deleteAtProvider: false }),
  abandoned: async (id) =>
    bench.jobs.applyDecision(
      await bench.claim(id),
      { next: 'abandon', reason: 'tracking-deadline' },
      facts,
    ),
};

/** Completes a job whose files expire then, and has subscribers told of it. */
async function completeAndLook(id: string, expiresInMs: number): Promise<void> {
  const decision = { ...complete, expiresAt: Date.now() + expiresInMs };
  await bench.jobs.applyDecision(await bench.claim(id), decision, facts);
  await bench.jobs.tellExpiries(() => undefined);
}

async function lastEntryOf(jobId: string): Promise<string> {
  const entries = await bench.raw.xrange('{bulkwatch}:events', '-', '+');
  const found = entries.map(([, [, json = '']]) => json).filter((json) => json.includes(jobId));
  return found.at(-1) ?? '';
}

async function told(word: EventWord, job: Partial<NewJob> = {}): Promise<string> {
  const { id } = await bench.register(newJob(job));
  await ways[word]?.(id);
  return lastEntryOf(id);
}

describe.each(eventWords)('%s', (word) => {
  it('is a CloudEvent for the official SDK, and what the contract says', async () => {
    const event = checkEvent(await told(word));

    expect(event.type).toBe(events[word].type);
  });

  it('is small enough for every intermediary, however much there is to say of the job', async () => {
    checkEvent(await told(word, talkative));
  });
});

describe('the manifest of a completion', () => {
  const completeWith = async (manifest: Uint8Array, job: Partial<NewJob> = {}) => {
    const { id } = await bench.register(newJob(job));
    await bench.jobs.applyDecision(await bench.claim(id), { ...complete, manifest }, facts);
    return checkEvent(await lastEntryOf(id));
  };

  it('is inline up to what the setting says, and referred to above', async () => {
    expect(await completeWith(manifestOf(eventManifestMaxBytes))).toHaveProperty('data.manifest');

    const large = await completeWith(manifestOf(eventManifestMaxBytes + 1));
    expect(large.dataref).toBe(`/v1/jobs/${large.subject}/manifest`);
    expect(large).not.toHaveProperty('data.manifest');
  });

  it('is referred to where it would make the whole event too large', async () => {
    const talkativeOne = await completeWith(manifestOf(eventManifestMaxBytes), talkative);

    expect(talkativeOne).toHaveProperty('dataref');
    await bench.jobs.republish(tenant, talkativeOne.subject);
    expect(checkEvent(await lastEntryOf(talkativeOne.subject))).toEqual(talkativeOne);
  });

  it('goes through the SDK and back as it was', async () => {
    const json = await told('completed');
    const event = HTTP.toEvent({
      headers: { 'content-type': 'application/cloudevents+json' },
      body: json,
    }) as CloudEvent<{ manifest: unknown }>;

    expect(event.data?.manifest).toEqual(JSON.parse(manifestText));
    const { body } = HTTP.structured(event);
    expect(JSON.parse(body as string)).toEqual(JSON.parse(json));
  });
});

it('what is no CloudEvent would be seen', () => {
  const event = { specversion: '1.0', id: '1', source: '/s', type: 't' };
  const of = (changes: object): string => JSON.stringify({ ...event, ...changes });

  expect(() => checkEvent(of({ id: '' }))).toThrow();
  expect(() => checkEvent(of({ source: undefined }))).toThrow();
  expect(() => checkEvent(of({ time: 'yesterday' }))).toThrow();
  expect(() => checkEvent(of({ dataRef: '/v1' }))).toThrow();
});
