import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
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
      failure: { reason: 'response-unreadable', detail: 'content-encoding' },
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
