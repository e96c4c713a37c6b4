import { systemClock } from '@bulkwatch/runtime';
import { describe, expect, test } from 'vitest';
import { eventually, httpServer, openEgress, poll } from './setup.js';

/** Timers are coarse and the cores are shared: what is later than this ended for another reason. */
const toleranceMs = 1_500;

describe('the total deadline', () => {
  test('ends a request that gets no answer', async () => {
    const server = await httpServer(() => {});
    const egress = openEgress({ origins: [server.origin], requestTimeoutMs: 300 });

    const outcome = await poll(egress, server.origin);

    expect(outcome).toMatchObject({ kind: 'failed', failure: { reason: 'timed-out' } });
    expect(outcome.durationMs).toBeGreaterThanOrEqual(299);
    expect(outcome.durationMs).toBeLessThan(300 + toleranceMs);
    await eventually(() => server.openCount() === 0);
  });

  test('ends a body that comes byte by byte for ever', async () => {
    const server = await httpServer((_request, response) => {
      const timer = setInterval(() => response.write('x'), 50);
      response.on('close', () => clearInterval(timer));
    });
    const egress = openEgress({ origins: [server.origin], requestTimeoutMs: 500 });

    const outcome = await poll(egress, server.origin);

    expect(outcome).toMatchObject({ kind: 'failed', failure: { reason: 'timed-out' } });
    expect(outcome.durationMs).toBeLessThan(500 + toleranceMs);
    await eventually(() => server.openCount() === 0);
  });

  test('ends a request that still waits for a connection, and it is never sent', async () => {
    const server = await httpServer(async (_request, response) => {
      await systemClock.sleep(1_000);
      response.end();
    });
    const egress = openEgress({ origins: [server.origin], connectionsPerProvider: 1 });
    const patient = poll(egress, `${server.origin}/first`);

    const waiting = await poll(egress, `${server.origin}/second`, {
      signal: AbortSignal.timeout(200),
    });

    expect(waiting).toMatchObject({ kind: 'failed', failure: { reason: 'interrupted' } });
    expect(waiting.durationMs).toBeLessThan(900);
    expect(await patient).toMatchObject({ kind: 'answered' });
    await poll(egress, `${server.origin}/third`);
    expect(server.requests.map(({ path }) => path)).toEqual(['/first', '/third']);
  });
});

describe('the signal of the caller', () => {
  test('interrupts a request in flight', async () => {
    const server = await httpServer(() => {});
    const egress = openEgress({ origins: [server.origin] });
    const controller = new AbortController();

    const outcome = poll(egress, server.origin, { signal: controller.signal });
    await eventually(() => server.requests.length === 1);
    controller.abort(new Error('https://secret.example/'));

    expect(await outcome).toMatchObject({ kind: 'failed', failure: { reason: 'interrupted' } });
    await eventually(() => server.openCount() === 0);
  });

  test.each([200, 202, 503])('interrupts an answer half read (%d)', async (status) => {
    const server = await httpServer((_request, response) => {
      response.writeHead(status).write('{"output":');
    });
    const egress = openEgress({ origins: [server.origin] });
    const controller = new AbortController();

    const outcome = poll(egress, server.origin, { signal: controller.signal });
    await eventually(() => server.requests.length === 1);
    await systemClock.sleep(100);
    controller.abort();

    expect(await outcome).toMatchObject({ kind: 'failed', failure: { reason: 'interrupted' } });
  });

  test('that has aborted before lets nothing out', async () => {
    const server = await httpServer((_request, response) => void response.end());
    const egress = openEgress({ origins: [server.origin] });

    const outcome = await poll(egress, server.origin, { signal: AbortSignal.abort() });

    // Long enough for a connection on loopback to show.
    await systemClock.sleep(50);
    expect(outcome).toMatchObject({ kind: 'failed', failure: { reason: 'interrupted' } });
    expect(server.connectionCount()).toBe(0);
  });

  test('may be shared by many requests without a warning', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error): void => void warnings.push(warning);
    process.on('warning', listen);
    const server = await httpServer((_request, response) => void response.end());
    const egress = openEgress({ origins: [server.origin] });
    const { signal } = new AbortController();

    await Promise.all(Array.from({ length: 40 }, () => poll(egress, server.origin, { signal })));
    await systemClock.sleep(10);
    process.off('warning', listen);

    expect(warnings).toEqual([]);
  });
});

describe('closing', () => {
  test('interrupts what is in flight and what comes later, and may be done twice', async () => {
    const server = await httpServer(() => {});
    const egress = openEgress({ origins: [server.origin] });
    const inFlight = poll(egress, server.origin);
    await eventually(() => server.requests.length === 1);

    await egress.close();
    await egress.close();

    expect(await inFlight).toMatchObject({ kind: 'failed', failure: { reason: 'interrupted' } });
    expect(await poll(egress, server.origin)).toMatchObject({
      kind: 'failed',
      failure: { reason: 'interrupted' },
    });
    await eventually(() => server.openCount() === 0);
  });
});
