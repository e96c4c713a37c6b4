import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyDice, anyInstant, anyJob, anyOutcome, anyPolicy } from '../../tests/arbitraries.js';
import { presetCalled, readStatus, receivedAt } from '../../tests/tracked.js';
import type { PollMemory } from '../protocol/poll-memory.js';
import { type CompletedJob, concludeRefresh, decideRefresh } from './decide-refresh.js';
import { joinPages } from './join-pages.js';
import { defaultPolicy } from './policy.js';

const minutes = 60_000;
const until = receivedAt + 60 * minutes;
const completedJob: CompletedJob = {
  progress: '100%',
  failureCount: 0,
  backoffCount: 0,
  suspectCount: 0,
  memory: {},
};
const output = '"transactionTime":"2025-06-01T10:00:00Z","output":[{"type":"Patient","url":"u"}]';
const nextPage = '"link":[{"relation":"next","url":"https://ehr.example/pages/2"}]';
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytesOf = (text: string) => new TextEncoder().encode(text);

interface Poll {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly preset?: string;
  readonly job?: Partial<CompletedJob>;
  readonly now?: number;
}

function poll({ status, headers = {}, body = '', job, now = receivedAt, ...context }: Poll) {
  const memory: PollMemory = job?.memory ?? {};
  const preset = presetCalled(context.preset ?? 'generic');
  const response = { status, headers, body: bytesOf(body), receivedAt: now };
  const reading = readStatus(response, { memory, preset });
  return decideRefresh({
    job: { ...completedJob, ...job },
    outcome: { kind: 'read', reading },
    now,
    policy: defaultPolicy,
    dice: 0,
    until,
  });
}

describe('a poll for fresh links', () => {
  it('brings the manifest anew', () => {
    const expires = new Date(receivedAt + 3_600_000).toUTCString();
    const body = `{${output},"error":[]}`;
    const decision = poll({ status: 200, headers: { expires }, body });

    if (decision.next !== 'refreshed') throw new Error(`unexpected ${decision.next}`);
    expect(textOf(decision.manifest)).toBe(body);
    expect(decision).toMatchObject({
      summary: { outputCount: 1 },
      expiresAt: receivedAt + 3_600_000,
    });
  });

  it('is made again as long as it is worth it, and tells subscribers nothing', () => {
    const headers = { 'retry-after': '120', 'x-progress': '40%' };
    const body = `{${output}}`;

    expect(poll({ status: 202, headers, body })).toStrictEqual({
      next: 'poll-again',
      delayMs: 120_000,
      requestedDelayMs: 120_000,
      health: 'ok',
      inProgress: true,
      progressed: false,
      progress: '40%',
      progressPercent: 40,
      failureCount: 0,
      backoffCount: 0,
      suspectCount: 0,
      anomalies: [],
      memory: { told: { output: 1, deleted: 0, errors: 0 } },
    });
    expect(poll({ status: 502 })).toMatchObject({ next: 'poll-again', failureCount: 1 });
    expect(poll({ status: 404 })).toMatchObject({ next: 'poll-again', suspectCount: 1 });
    expect(poll({ status: 302, headers: { location: '/there' } })).toMatchObject({
      next: 'poll-again',
      memory: { redirect: { hops: 1 } },
    });
  });

  it('says nothing of a standstill', () => {
    const job = { movedAt: receivedAt - 1e10 };
    const decision = poll({ status: 202, headers: { 'x-progress': '100%' }, job });

    expect(decision).toMatchObject({ next: 'poll-again', health: 'ok' });
    expect(decision).not.toHaveProperty('stalled');
    expect(decision).not.toHaveProperty('movedAt');
  });

  it.each<[string, Poll, object]>([
    ['the export is gone', { status: 410 }, { reason: 'export-expired', detail: 'HTTP 410' }],
    [
      'it is unknown, confirmed',
      { status: 404, job: { suspectReason: 'export-unknown', suspectCount: 4 } },
      { reason: 'export-unknown', detail: 'HTTP 404' },
    ],
    [
      'it was cancelled',
      { status: 410, preset: 'firely' },
      { reason: 'export-cancelled', detail: 'HTTP 410' },
    ],
    [
      'its time is over',
      { status: 503, now: until },
      { reason: 'tracking-deadline', detail: 'last poll: provider-error' },
    ],
    ['its time is over, in progress', { status: 202, now: until }, { reason: 'tracking-deadline' }],
  ])('fails where %s', (_what, answer, why) => {
    expect(poll(answer)).toStrictEqual({ next: 'refresh-failed', ...why });
  });
});

describe('a manifest in pages', () => {
  const first = `{${output},${nextPage}}`;
  const last = `{${output},"error":[]}`;

  it('is collected and joined', () => {
    const start = poll({ status: 200, body: first });
    if (start.next !== 'poll-again' || !start.memory) throw new Error(`unexpected ${start.next}`);
    expect(start.page).toBeDefined();
    const end = poll({ status: 200, body: last, job: { memory: start.memory } });
    if (end.next !== 'complete-pages') throw new Error(`unexpected ${end.next}`);

    const whole = concludeRefresh(joinPages(end, [bytesOf(first)]), completedJob);
    expect(whole).toMatchObject({ next: 'refreshed', summary: { outputCount: 2 } });
    expect(concludeRefresh(joinPages(end, []), completedJob)).toStrictEqual({
      next: 'refresh-failed',
      reason: 'manifest-incomplete',
      detail: '1 pages were lost or could not be joined',
    });
  });

  it('that lacks a page takes the place of one that lacks some too', () => {
    const collected = { count: 1, bytes: 9, completeAt: receivedAt, mark: 'u' };
    const end = poll({ status: 410, job: { memory: { collected } } });
    if (end.next !== 'complete-pages') throw new Error(`unexpected ${end.next}`);
    const joined = joinPages(end, [bytesOf(first)]);

    expect(concludeRefresh(joined, completedJob)).toMatchObject({ next: 'refresh-failed' });
    const job = { ...completedJob, reason: 'manifest-incomplete' } as const;
    expect(concludeRefresh(joined, job)).toMatchObject({
      next: 'refreshed',
      reason: 'manifest-incomplete',
    });
  });

  it('that lacks none takes the place of one that lacks some', () => {
    const whole = poll({
      status: 200,
      body: `{${output}}`,
      job: { reason: 'manifest-incomplete' },
    });

    expect(whole).toMatchObject({ next: 'refreshed' });
    expect(whole).not.toHaveProperty('reason');
  });
});

it('whatever comes, a refresh ends in one of its own ways, by its end at the latest', () => {
  const situations = fc.record({
    job: anyJob,
    outcome: anyOutcome,
    now: anyInstant,
    policy: anyPolicy,
    dice: anyDice,
    until: anyInstant,
  });
  fc.assert(
    fc.property(situations, (situation) => {
      const decision = decideRefresh(situation);
      expect(['refreshed', 'complete-pages', 'poll-again', 'refresh-failed']).toContain(
        decision.next,
      );
      if (decision.next !== 'poll-again') return;
      expect(situation.now < situation.until || decision.reason === 'interrupted').toBe(true);
      expect(decision).toMatchObject({ progressed: false });
      for (const told of ['partials', 'stalled', 'movedAt', 'percentFrom']) {
        expect(decision).not.toHaveProperty(told);
      }
    }),
  );
});
