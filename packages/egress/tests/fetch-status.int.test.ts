import { Secret, systemClock } from '@bulkwatch/runtime';
import { describe, expect, test } from 'vitest';
import { createProviderPolicy } from '../src/index.js';
import { httpServer, openEgress, poll } from './setup.js';

/** Headers that only the sender may set. */
const meddling = {
  'ACCEPT-ENCODING': 'gzip',
  authorization: 'Bearer other',
  'cache-control': 'max-age=60',
  'USER-agent': 'other/1',
  'x-REQUEST-id': 'other',
};

describe('an answer', () => {
  test('comes back with its status, headers and body as they are', async () => {
    const server = await httpServer((_request, response) => {
      response.writeHead(202, {
        'X-Progress': 'in-progress',
        'Retry-After': '600',
        'Set-Cookie': ['a=1', 'b=2'],
      });
      response.end('wait');
    });
    const egress = openEgress({ origins: [server.origin] });

    const outcome = await poll(egress, `${server.origin}/jobs/7?x=%20y`);

    expect(outcome).toMatchObject({
      kind: 'answered',
      response: {
        status: 202,
        headers: {
          'x-progress': 'in-progress',
          'retry-after': '600',
          'set-cookie': ['a=1', 'b=2'],
        },
        body: Buffer.from('wait'),
      },
      durationMs: expect.any(Number),
    });
    expect(server.requests[0]).toMatchObject({ method: 'GET', path: '/jobs/7?x=%20y', body: '' });
  });

  test('is asked for with the headers that the protocol wants, and with ours', async () => {
    const server = await httpServer((_request, response) => void response.end());
    const egress = openEgress({ origins: [server.origin] });

    await poll(egress, server.origin, {
      request: {
        headers: { Accept: 'application/fhir+json', prefer: 'respond-async', ...meddling },
      },
      requestId: 'req-42',
      authorization: { kind: 'bearer', token: new Secret('t0ken'), origin: server.origin },
    });

    expect(server.requests[0]?.headers).toEqual({
      host: server.origin.slice('http://'.length),
      connection: 'keep-alive',
      accept: 'application/fhir+json',
      prefer: 'respond-async',
      'accept-encoding': 'identity',
      authorization: 'Bearer t0ken',
      'cache-control': 'no-cache',
      'user-agent': expect.stringMatching(/^bulkwatch\/\d+\.\d+\.\d+$/),
      'x-request-id': 'req-42',
    });
  });

  test('to a delete request comes back the same way', async () => {
    const server = await httpServer((_request, response) => void response.writeHead(202).end());
    const egress = openEgress({ origins: [server.origin] });

    const outcome = await poll(egress, server.origin, {
      request: { method: 'DELETE', headers: meddling },
    });

    expect(outcome).toMatchObject({ kind: 'answered', response: { status: 202 } });
    expect(server.requests[0]).toMatchObject({ method: 'DELETE', body: '' });
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
  });

  test.each(['PATCH', 'POST'] as const)(
    'to a %s comes back too, whose body is sent',
    async (method) => {
      const server = await httpServer(
        (_request, response) => void response.writeHead(200).end('{}'),
      );
      const egress = openEgress({ origins: [server.origin] });
      const headers = { 'Content-Type': 'application/json' };
      const body = '{"state":"Aborted"}';

      const outcomes = [
        await poll(egress, server.origin, { request: { method, headers, body } }),
        await poll(egress, server.origin, { request: { method } }),
      ];

      expect(outcomes).toMatchObject([{ kind: 'answered' }, { kind: 'answered' }]);
      expect(server.requests).toMatchObject([
        { method, body, headers: { 'content-type': 'application/json' } },
        { method, body: '', headers: { 'content-length': '0' } },
      ]);
    },
  );

  test('has been received when its body ends, not when its headers come', async () => {
    let endedAt = Number.POSITIVE_INFINITY;
    const server = await httpServer(async (_request, response) => {
      response.writeHead(202, { 'Retry-After': '1' }).write('a');
      await systemClock.sleep(300);
      endedAt = Date.now();
      response.end('b');
    });
    const egress = openEgress({ origins: [server.origin] });

    const outcome = await poll(egress, server.origin);

    expect(outcome).toMatchObject({ response: { receivedAt: expect.any(Number) } });
    const { receivedAt } = (outcome as { response: { receivedAt: number } }).response;
    expect(receivedAt).toBeGreaterThanOrEqual(endedAt);
    expect(outcome.durationMs).toBeGreaterThanOrEqual(299);
  });

  test('that redirects is handed on and not followed', async () => {
    const elsewhere = await httpServer((_request, response) => void response.end());
    const server = await httpServer((_request, response) => {
      response.writeHead(307, { Location: `${elsewhere.origin}/x` }).end();
    });
    const egress = openEgress({ origins: [server.origin, elsewhere.origin] });

    const outcome = await poll(egress, server.origin);

    expect(outcome).toMatchObject({ kind: 'answered', response: { status: 307 } });
    expect(elsewhere.requests).toHaveLength(0);
  });
});

describe('a request', () => {
  test('is not sent where the policy does not allow it', async () => {
    const server = await httpServer((_request, response) => void response.end());
    const refusals: string[] = [];
    const onRefusal = (reason: string): unknown => refusals.push(reason);
    const egress = openEgress({ origins: ['https://ehr.example'], onRefusal });
    const withUser = server.origin.replace('//', '//user:pass@');

    const outcomes = [
      await poll(egress, server.origin),
      await poll(openEgress({ origins: [server.origin], onRefusal }), withUser),
      await poll(egress, 'not a url'),
    ];

    // What exactly was wrong is told to us, and not to whoever chose the URL.
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ failure: { reason: 'provider-not-allowed' } });
    expect(outcomes.filter((outcome) => JSON.stringify(outcome).includes('detail'))).toEqual([]);
    expect(refusals).toEqual(['loopback', 'user-info', 'url-unreadable']);
    expect(server.connectionCount()).toBe(0);
  });

  test('is sent only for a tenant that may have it sent', async () => {
    const server = await httpServer((_request, response) => void response.writeHead(202).end());
    const policy = createProviderPolicy({
      origins: [],
      originsByTenant: new Map([['acme', [server.origin]]]),
      allowHttp: true,
    });
    const egress = openEgress({ origins: [], policy });

    expect(await poll(egress, server.origin, { tenant: 'zeta' })).toMatchObject({
      failure: { reason: 'provider-not-allowed' },
    });
    expect(server.connectionCount()).toBe(0);
    expect(await poll(egress, server.origin, { tenant: 'acme' })).toMatchObject({
      response: { status: 202 },
    });
  });

  test('after another uses the same connection', async () => {
    const server = await httpServer((_request, response) => {
      response.writeHead(202, { 'Retry-After': '1' }).end('{}');
    });
    const egress = openEgress({ origins: [server.origin], connectionsPerProvider: 1 });

    for (let i = 0; i < 10; i += 1) await poll(egress, `${server.origin}/${i}`);

    expect(server.requests).toHaveLength(10);
    expect(server.connectionCount()).toBe(1);
  });

  test('waits for its turn where the provider has its share of connections', async () => {
    let inFlight = 0;
    let inFlightMax = 0;
    const server = await httpServer(async (_request, response) => {
      inFlight += 1;
      inFlightMax = Math.max(inFlightMax, inFlight);
      await systemClock.sleep(20);
      inFlight -= 1;
      response.end();
    });
    const egress = openEgress({ origins: [server.origin], connectionsPerProvider: 3 });

    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, i) => poll(egress, `${server.origin}/${i}`)),
    );

    expect(outcomes.every(({ kind }) => kind === 'answered')).toBe(true);
    expect(inFlightMax).toBe(3);
    expect(server.connectionCount()).toBe(3);
  });
});
