import { monitorEventLoopDelay } from 'node:perf_hooks';
import { genericPreset } from '@bulkwatch/core';
import { afterAll, describe, expect, it } from 'vitest';
import { createReader } from '../src/reader.js';

const reader = createReader();
afterAll(() => reader.close());

const url = 'https://ehr.example/jobs/1';
const context = { preset: genericPreset, memory: {}, url, statusUrl: url };
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const answer = (body: Uint8Array, headers = {}) => ({ status: 200, headers, body, receivedAt: 0 });

function manifestOf(count: number): Uint8Array {
  const output = Array.from({ length: count }, (_, index) => ({
    type: 'Observation',
    url: `https://files.example/${index}.ndjson`,
  }));
  return utf8(JSON.stringify({ transactionTime: '2025-06-01T11:00:00Z', output }));
}

describe('a reader', () => {
  it.each([10, 100_000])('reads a manifest of %d files', async (outputCount) => {
    const body = manifestOf(outputCount);
    const expected = body.slice();
    const reading = await reader.readStatus(answer(body), context);

    expect(reading).toMatchObject({ kind: 'complete', summary: { outputCount } });
    expect(Buffer.compare('manifest' in reading ? reading.manifest : utf8(''), expected)).toBe(0);
  });

  it('knows for how long it has been at it', async () => {
    expect(reader.busyForMs()).toBe(0);
    const fromMs = performance.now();
    const first = reader.readStatus(answer(manifestOf(100_000)), context);
    const second = reader.readStatus(answer(manifestOf(100_000)), context);
    await first;
    const sinceFirstMs = performance.now() - fromMs;
    // The second has been waiting as long, but the thread is not stuck: it has ended the first.
    expect(reader.busyForMs()).toBeLessThan(sinceFirstMs / 2);
    expect(reader.busyForMs()).toBeGreaterThanOrEqual(0);
    await second;
    expect(reader.busyForMs()).toBe(0);
  });

  it('reads a part of a buffer without taking the rest away', async () => {
    // As bodies come: a Buffer, whose slice shares its bytes.
    const whole = Buffer.from([...manifestOf(10_000), 0, 1, 2]);
    const body = whole.subarray(0, whole.length - 3);

    expect(await reader.readStatus(answer(body), context)).toMatchObject({ kind: 'complete' });
    expect(whole.at(-1)).toBe(2);
  });

  it('joins pages, large ones too', async () => {
    const page = { url, bytes: manifestOf(10_000) };
    const decision = { next: 'complete-pages', collectedCount: 1, page, anomalies: [] } as const;

    for (const first of [manifestOf(1), manifestOf(20_000)]) {
      expect(await reader.joinPages(decision, [first])).toMatchObject({
        next: 'complete',
        summary: { outputCount: first.length < 200 ? 10_001 : 30_000 },
      });
    }
  });

  it('lets the others go on while it reads a large answer', async () => {
    const body = manifestOf(600_000);
    // The thread, and the code in it, are there already.
    const delays = monitorEventLoopDelay({ resolution: 5 });
    delays.enable();
    const reading = await reader.readStatus(answer(body), context);
    delays.disable();

    expect(reading.kind).toBe('complete');
    // It takes about a second to read: the loop sees next to nothing of that, even on a busy machine.
    expect(delays.max / 1e6).toBeLessThan(200);
  });

  it('survives an answer that no thread survives, and keeps what its headers ask for', async () => {
    const small = createReader({ heapMaxMb: 16 });
    const costly = answer(manifestOf(40_000), { 'retry-after': '60' });

    expect(await small.readStatus(costly, context)).toMatchObject({
      kind: 'poll-failed',
      reason: 'response-too-large',
      detail: 'HTTP 200, too costly to read',
      retryAfter: { delayMs: 60_000 },
    });
    const underWay = { ...answer(manifestOf(40_000), { 'retry-after': '60' }), status: 202 };
    expect(await small.readStatus(underWay, context)).toStrictEqual({
      kind: 'in-progress',
      retryAfter: { delayMs: 60_000 },
    });
    expect(await small.readStatus(answer(manifestOf(6_000)), context)).toMatchObject({
      kind: 'complete',
    });
    await small.close();
  });

  it('ends a job with the pages that there is room for where all are too much for any thread', async () => {
    const small = createReader({ heapMaxMb: 16 });
    const pages = Array.from({ length: 12 }, () => manifestOf(10_000));
    const page = { url, bytes: manifestOf(1) };
    const decision = { next: 'complete-pages', collectedCount: 12, page, anomalies: [] } as const;

    expect(await small.joinPages(decision, pages)).toMatchObject({
      next: 'complete',
      reason: 'manifest-incomplete',
      summary: { outputCount: 10_001 },
      page: { url },
    });
    await small.close();
  });

  it('gives up what takes too long, its turn included, and what waits behind too many', async () => {
    const hasty = createReader({ timeoutMs: 1 });
    expect(await hasty.readStatus(answer(manifestOf(100_000)), context)).toMatchObject({
      reason: 'response-too-large',
    });
    await hasty.close();

    const busy = createReader({ inHandMax: 2 });
    const readings = await Promise.all(
      Array.from({ length: 4 }, () => busy.readStatus(answer(manifestOf(60_000)), context)),
    );
    expect(new Set(readings.map(({ kind }) => kind))).toEqual(new Set(['complete', 'poll-failed']));
    await busy.close();
  });

  it('takes one answer however large it is, and others beside it as far as there is room', async () => {
    const body = manifestOf(20_000);
    const narrow = createReader({ inHandMaxBytes: 2 * body.length });
    const kinds = async (bodies: readonly Uint8Array[]) => {
      const readings = bodies.map((one) => narrow.readStatus(answer(one), context));
      return (await Promise.all(readings)).map(({ kind }) => kind);
    };

    expect(await kinds([body.slice(), body.slice(), body.slice()])).toEqual([
      'complete',
      'complete',
      'poll-failed',
    ]);
    expect(await kinds([manifestOf(60_000), body])).toEqual(['complete', 'poll-failed']);
    await narrow.close();
  });

  it('joins pages whatever it is busy with: what it makes of them is final', async () => {
    const busy = createReader({ inHandMax: 0, timeoutMs: 1 });
    const page = { url, bytes: manifestOf(20_000) };
    const decision = { next: 'complete-pages', collectedCount: 1, page, anomalies: [] } as const;
    const joined = await busy.joinPages(decision, [manifestOf(20_000)]);

    expect(joined).toMatchObject({ summary: { outputCount: 40_000 } });
    expect(joined).not.toHaveProperty('reason');
    await busy.close();
  });

  it('says nothing of what its own end cuts off', async () => {
    const closed = createReader();
    const reading = closed.readStatus(answer(manifestOf(600_000)), context);
    const [outcome] = await Promise.allSettled([reading, closed.close()]);

    expect(outcome.status).toBe('rejected');
  });
});
