import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { FetchOutcome } from '../src/index.js';
import { selfSignedServer } from './self-signed-server.js';
import { eventually, httpServer, openEgress, poll, tcpServer } from './setup.js';

describe('a body', () => {
  test('of a 200 beyond the limit is not read to its end', async () => {
    const server = await httpServer((_request, response) => {
      const chunk = Buffer.alloc(64 * 1024);
      const pump = (): void => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', pump);
      pump();
    });
    const egress = openEgress({ origins: [server.origin], bodyMaxBytes: 200_000 });

    const outcome = await poll(egress, server.origin);

    expect(outcome).toMatchObject({ kind: 'failed', failure: { reason: 'response-too-large' } });
    await eventually(() => server.openCount() === 0);
  });

  test('of a 200 that declares itself too large is not read at all', async () => {
    let sentBytes = 0;
    const server = await httpServer((_request, response) => {
      response.writeHead(200, { 'Content-Length': '10000000000' });
      const chunk = Buffer.alloc(1024);
      const timer = setInterval(() => {
        response.write(chunk);
        sentBytes += chunk.byteLength;
      }, 10);
      response.on('close', () => clearInterval(timer));
    });
    const egress = openEgress({ origins: [server.origin] });

    const outcome = await poll(egress, server.origin);

    expect(outcome).toMatchObject({ kind: 'failed', failure: { reason: 'response-too-large' } });
    await eventually(() => server.openCount() === 0);
    expect(sentBytes).toBeLessThan(100_000);
  });

  test('of a 200 may be exactly as large as the limit', async () => {
    const server = await httpServer((_request, response) => void response.end('x'.repeat(1000)));
    const egress = openEgress({ origins: [server.origin], bodyMaxBytes: 1000 });

    expect(await poll(egress, server.origin)).toMatchObject({
      kind: 'answered',
      response: { body: { byteLength: 1000 } },
    });
  });

  test('of a 200 is given up where there is no room for it beside others of its origin', async () => {
    const mib = 1024 * 1024;
    const body = Buffer.alloc(15 * mib);
    const sends = async (isWhole: () => boolean) =>
      httpServer((_request, response) => {
        response.writeHead(200, { 'Retry-After': '60' });
        response.write(body, () => void (isWhole() ? response.end() : stalled.push(response)));
      });
    const stalled: unknown[] = [];
    const [hoarder, other] = await Promise.all([
      sends(() => stalled.length >= 2),
      sends(() => true),
    ]);
    const egress = openEgress({ origins: [hoarder.origin, other.origin], bodyMaxBytes: 16 * mib });
    const held = new AbortController();
    const first = [1, 2].map(() => poll(egress, hoarder.origin, { signal: held.signal }));
    await eventually(() => stalled.length === 2);

    // Not the bodies themselves, which nobody wants to see in a report.
    const outcomeAt = async (origin: string) => {
      const outcome = await poll(egress, origin);
      if (outcome.kind === 'answered') return outcome.response.body.byteLength;
      return [outcome.failure.detail, outcome.failure.head?.headers['retry-after']];
    };
    expect(await outcomeAt(hoarder.origin)).toEqual(['no room beside others', '60']);
    expect(await outcomeAt(other.origin)).toBe(body.byteLength);
    held.abort();
    await Promise.all(first);
    expect(await outcomeAt(hoarder.origin)).toBe(body.byteLength);
  });

  test('of an error is cut at its limit, and the answer counts', async () => {
    const server = await httpServer((_request, response) => {
      response.writeHead(503, { 'Retry-After': '120' }).end('x'.repeat(500_000));
    });
    const egress = openEgress({ origins: [server.origin] });

    expect(await poll(egress, server.origin)).toMatchObject({
      kind: 'answered',
      response: {
        status: 503,
        headers: { 'retry-after': '120' },
        body: { byteLength: 64 * 1024 },
      },
    });
  });

  test('of a 200 that is encoded against our wish cannot be read', async () => {
    const server = await httpServer((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync('{}'));
    });
    const egress = openEgress({ origins: [server.origin] });

    expect(await poll(egress, server.origin)).toMatchObject({
      kind: 'failed',
      failure: {
        reason: 'response-unreadable',
        detail: 'content-encoding',
        head: { status: 200, headers: { 'content-encoding': 'gzip' } },
      },
    });
  });

  test('of an error that is encoded is left out, and its Retry-After counts', async () => {
    const server = await httpServer((_request, response) => {
      response.writeHead(429, { 'Content-Encoding': 'gzip', 'Retry-After': '120' });
      response.end(gzipSync('{}'));
    });
    const egress = openEgress({ origins: [server.origin] });

    expect(await poll(egress, server.origin)).toMatchObject({
      kind: 'answered',
      response: { status: 429, headers: { 'retry-after': '120' }, body: { byteLength: 0 } },
    });
  });

  test('that is encoded as identity is plain', async () => {
    const server = await httpServer((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'Identity' }).end('{}');
    });
    const egress = openEgress({ origins: [server.origin] });

    expect(await poll(egress, server.origin)).toMatchObject({
      kind: 'answered',
      response: { body: Buffer.from('{}') },
    });
  });

  test('that breaks off is no answer', async () => {
    const reset = await httpServer((_request, response) => {
      response.writeHead(200, { 'Content-Length': '100' }).write('{"output":');
      setTimeout(() => response.socket?.resetAndDestroy(), 50);
    });
    const ended = await tcpServer((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}'));
    });
    const egress = openEgress({ origins: [reset.origin, ended.origin] });

    expect(await poll(egress, reset.origin)).toMatchObject({
      kind: 'failed',
      failure: { reason: 'connection-failed', detail: 'ECONNRESET' },
    });
    expect(await poll(egress, ended.origin)).toMatchObject({
      kind: 'failed',
      failure: { reason: 'connection-failed', detail: 'UND_ERR_SOCKET' },
    });
  });
});

/** The start of an answer that asks us to wait. */
const head = (status: number, ...headers: string[]): string =>
  [`HTTP/1.1 ${status} Some reason`, 'Retry-After: 120', ...headers, '', ''].join('\r\n');
const chunked = 'Transfer-Encoding: chunked';

function textOf(outcome: FetchOutcome): string {
  return outcome.kind === 'answered' ? Buffer.from(outcome.response.body).toString() : '';
}

describe('the head of an answer binds, Retry-After and all, though its body', () => {
  const stops = (text: string) => (socket: Socket) => void socket.write(text);
  const ends = (text: string) => (socket: Socket) => void socket.end(text);
  const resets = (text: string) => (socket: Socket) => {
    socket.write(text);
    setTimeout(() => socket.resetAndDestroy(), 50);
  };

  test.each<[string, number, (socket: Socket) => void, string]>([
    ['stops', 202, stops(`${head(202, 'Content-Length: 9')}{"out`), ''],
    ['stops', 503, stops(`${head(503, 'Content-Length: 9')}Busy`), 'Busy'],
    ['never begins', 429, stops(head(429, 'Content-Length: 9')), ''],
    ['ends too early', 202, ends(`${head(202, 'Content-Length: 9')}{"out`), ''],
    ['ends too early', 401, ends(`${head(401, 'Content-Length: 9')}No to`), 'No to'],
    ['is reset', 202, resets(`${head(202, 'Content-Length: 9')}{"out`), ''],
    ['is reset', 500, resets(`${head(500, chunked)}5\r\nOops \r\n`), 'Oops '],
    ['is chunked badly', 202, stops(`${head(202, chunked)}2\r\n{}\r\nQ\r\n`), ''],
    ['is chunked badly', 404, stops(`${head(404, chunked)}2\r\nno\r\nQ\r\n`), 'no'],
    ['has endless trailers', 202, stops(`${head(202, chunked)}${trailer(100_000)}`), ''],
    ['is longer than it says', 202, stops(`${head(202, 'Content-Length: 2')}{}{}`), '{}'],
    ['is encoded', 202, stops(`${head(202, 'Content-Encoding: br', 'Content-Length: 2')}{}`), ''],
    ['is encoded, and stops', 202, stops(head(202, 'Content-Encoding: br', chunked)), ''],
    ['is forbidden', 204, stops(head(204, 'Content-Length: 2')), ''],
  ])('%s (%d)', async (_how, status, play, body) => {
    const server = await tcpServer((socket) => void socket.once('data', () => play(socket)));
    const egress = openEgress({ origins: [server.origin], requestTimeoutMs: 400 });

    const outcome = await poll(egress, server.origin);

    expect(outcome).toMatchObject({
      kind: 'answered',
      response: { status, headers: { 'retry-after': '120' } },
    });
    expect(textOf(outcome)).toBe(body);
    expect(outcome.durationMs).toBeLessThan(1_900);
  });

  test('is too large (202)', async () => {
    const server = await httpServer((request, response) => {
      const body = 'x'.repeat(1001);
      const declared = request.path === '/declared' ? { 'Content-Length': '1001' } : {};
      response.writeHead(202, { 'Retry-After': '120', ...declared }).end(body);
    });
    const egress = openEgress({ origins: [server.origin], bodyMaxBytes: 1000 });

    for (const path of ['/', '/declared']) {
      expect(await poll(egress, server.origin + path)).toMatchObject({
        kind: 'answered',
        response: { status: 202, headers: { 'retry-after': '120' }, body: { byteLength: 0 } },
      });
    }
  });

  test('says it is too large, and never comes (202)', async () => {
    const server = await tcpServer((socket) => {
      socket.once('data', () => socket.write(head(202, 'Content-Length: 10000000000')));
    });
    const egress = openEgress({ origins: [server.origin] });

    const outcome = await poll(egress, server.origin);

    expect(outcome).toMatchObject({ kind: 'answered', response: { status: 202 } });
    expect(outcome.durationMs).toBeLessThan(5_000);
  });

  test('may be as large as a manifest (202)', async () => {
    const server = await httpServer((_request, response) => {
      response.writeHead(202).end('x'.repeat(100_000));
    });
    const egress = openEgress({ origins: [server.origin], bodyMaxBytes: 100_000 });

    expect(await poll(egress, server.origin)).toMatchObject({
      kind: 'answered',
      response: { status: 202, body: { byteLength: 100_000 } },
    });
  });
});

describe('a 200 is no answer when its body', () => {
  test.each([
    ['is chunked badly', `${head(200, chunked)}2\r\n{}\r\nQ\r\n`, 'response-unreadable'],
    ['has endless trailers', `${head(200, chunked)}${trailer(100_000)}`, 'response-too-large'],
    ['stops', `${head(200, 'Content-Length: 9')}{}`, 'timed-out'],
    ['says it is too large', head(200, 'Content-Length: 10000000000'), 'response-too-large'],
  ])('%s', async (_how, text, reason) => {
    const server = await tcpServer((socket) => {
      socket.once('data', () => socket.write(text));
    });
    const egress = openEgress({ origins: [server.origin], requestTimeoutMs: 400 });

    expect(await poll(egress, server.origin)).toMatchObject({
      kind: 'failed',
      failure: { reason },
    });
  });
});

describe('an answer that is no good HTTP', () => {
  test.each([
    [
      'a header beyond 16 KiB',
      `HTTP/1.1 202 OK\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`,
      'response-too-large',
    ],
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', 'response-unreadable'],
    [
      'two lengths',
      'HTTP/1.1 202 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      'response-unreadable',
    ],
    ['nothing at all', '', 'connection-failed'],
    ['a status below all', 'HTTP/1.1 099 No\r\n\r\n', 'response-unreadable'],
    ['a status beyond all', 'HTTP/1.1 1000 No\r\n\r\n', 'response-unreadable'],
    ['an upgrade to nothing', 'HTTP/1.1 101 No\r\n\r\n', 'response-unreadable'],
    [
      'an upgrade',
      'HTTP/1.1 101 No\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
      'connection-failed',
    ],
    ['both framings', head(202, chunked, 'Content-Length: 2'), 'response-unreadable'],
    ['a negative length', head(202, 'Content-Length: -1'), 'response-unreadable'],
    ['a NUL in a header', head(202, 'X-Progress: a\0b'), 'response-unreadable'],
  ])('%s', async (_name, text, reason) => {
    const server = await tcpServer((socket) => {
      socket.once('data', () => socket.end(text));
    });
    const egress = openEgress({ origins: [server.origin] });

    const outcome = await poll(egress, server.origin);

    expect(outcome).toMatchObject({ kind: 'failed', failure: { reason } });
    expect(JSON.stringify(outcome)).not.toContain('127.0.0.1');
  });
});

/** A chunk, and after the last one a trailer of so many bytes. */
function trailer(bytes: number): string {
  return `2\r\n{}\r\n0\r\nX: ${'y'.repeat(bytes)}\r\n\r\n`;
}

describe('an answer that takes its time', () => {
  test.each([
    ['a header that comes byte by byte', 'HTTP/1.1 202 OK\r\nX: ', 'y'],
    ['headers without end', 'HTTP/1.1 202 OK\r\n', 'a: b\r\n'],
    ['a status line without end', 'HTTP/1.1 202 ', 'y'.repeat(10_000)],
    ['interim answers without end', '', 'HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n'],
  ])('%s ends with the deadline at the latest', async (_what, begin, more) => {
    const server = await tcpServer((socket) => {
      socket.once('data', () => {
        socket.write(begin);
        const timer = setInterval(() => socket.write(more), 5);
        socket.on('close', () => clearInterval(timer));
      });
    });
    const egress = openEgress({ origins: [server.origin], requestTimeoutMs: 400 });

    const outcome = await poll(egress, server.origin);

    expect(outcome).toMatchObject({ kind: 'failed', failure: { reason: 'timed-out' } });
    expect(outcome.durationMs).toBeLessThan(1_900);
    await eventually(() => server.openCount() === 0);
  });

  test('is heard after interim ones', async () => {
    const server = await tcpServer((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n');
        setTimeout(() => socket.write(head(202, 'Content-Length: 0')), 50);
      });
    });
    const egress = openEgress({ origins: [server.origin] });

    expect(await poll(egress, server.origin)).toMatchObject({
      kind: 'answered',
      response: { status: 202, headers: { 'retry-after': '120' } },
    });
  });
});

describe('a faulty answer', () => {
  const fine = `${head(202, 'Content-Length: 4')}fine`;

  test.each([
    ['that stops in its body', `${head(503, 'Content-Length: 9')}Busy`],
    ['that is too large', head(202, 'Content-Length: 10000000000')],
    ['that nobody asked for', `${fine}${head(200, 'Content-Length: 2')}{}`],
    ['that upgrades', 'HTTP/1.1 101 No\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'],
    ['with a status below all', 'HTTP/1.1 099 No\r\n\r\n'],
    ['with an interim answer that nobody waits for', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ])('%s harms no poll after it, on the provider’s one connection', async (_what, text) => {
    const texts = [text];
    const server = await tcpServer((socket) => {
      socket.on('data', () => socket.write(texts.shift() ?? fine));
    });
    const egress = openEgress({
      origins: [server.origin],
      requestTimeoutMs: 400,
      connectionsPerProvider: 1,
    });

    await poll(egress, server.origin);
    const outcomes = [await poll(egress, server.origin), await poll(egress, server.origin)];

    const answered = { kind: 'answered', response: { status: 202, body: Buffer.from('fine') } };
    expect(outcomes).toMatchObject([answered, answered]);
  });
});

describe('a connection', () => {
  test('that nobody takes fails', async () => {
    const server = await httpServer(() => {});
    await server.close();
    const egress = openEgress({ origins: [server.origin] });

    expect(await poll(egress, server.origin)).toMatchObject({
      kind: 'failed',
      failure: { reason: 'connection-failed', detail: 'ECONNREFUSED' },
    });
  });

  test('is not made with a certificate that nobody vouches for', async () => {
    const server = await selfSignedServer();
    const egress = openEgress({ origins: [server.origin] });

    expect(await poll(egress, server.origin)).toMatchObject({
      kind: 'failed',
      failure: { reason: 'tls-failed', detail: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    });
    expect(server.requestCount()).toBe(0);
    await server.close();
  });

  test('is not made where the other side speaks no TLS', async () => {
    const server = await httpServer((_request, response) => void response.end());
    const secure = server.origin.replace('http:', 'https:');
    const egress = openEgress({ origins: [secure] });

    expect(await poll(egress, secure)).toMatchObject({
      kind: 'failed',
      failure: { reason: 'tls-failed' },
    });
  });
});
