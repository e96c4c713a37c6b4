import { Secret } from '@bulkwatch/runtime';
import { afterEach, describe, expect, test } from 'vitest';
import {
  openRemoteDocument,
  type RemoteDocument,
  type RemoteDocumentOptions,
} from '../src/index.js';
import type { Handler } from './local-server.js';
import { httpServer, tcpServer } from './setup.js';

const opened: RemoteDocument[] = [];
afterEach(async () => {
  for (const document of opened.splice(0)) await document.close();
});

function open(url: string, rest: Partial<RemoteDocumentOptions> = {}) {
  const document = openRemoteDocument({
    url,
    accept: 'application/json',
    timeoutMs: 2_000,
    bodyMaxBytes: 1_000,
    trustIn: () => 'private',
    ...rest,
  });
  opened.push(document);
  return document;
}

const json = '{"keys":[]}';
const answering: Handler = (_request, response) => void response.end(json);

describe('a remote document', () => {
  test('is fetched whenever it is asked for, over one connection', async () => {
    const server = await httpServer(answering);
    const document = open(`${server.origin}/keys?v=1`);

    expect(await document.fetch()).toEqual({ kind: 'fetched', document: { keys: [] } });
    expect(await document.fetch()).toMatchObject({ kind: 'fetched' });

    expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /keys?v=1',
      'GET /keys?v=1',
    ]);
    expect(server.requests[0]?.headers).toMatchObject({ accept: 'application/json' });
    expect(server.connectionCount()).toBe(1);
  });

  test('is not looked for where a redirect leads', async () => {
    const elsewhere = await httpServer(answering);
    const server = await httpServer((_request, response) => {
      response.writeHead(302, { location: `${elsewhere.origin}/keys` }).end(json);
    });

    expect(await open(`${server.origin}/`).fetch()).toEqual({ kind: 'failed', detail: 'http-302' });
    expect(elsewhere.connectionCount()).toBe(0);
  });

  test.each<[what: string, handler: Handler, detail: string]>([
    ['that is an error', (_, response) => void response.writeHead(500).end(json), 'http-500'],
    ['that is no JSON', (_, response) => void response.end('<html>'), 'not-json'],
    [
      'that is too large',
      (_, response) => void response.end(' '.repeat(1_001)),
      'response-too-large',
    ],
    [
      'that is encoded',
      (_, response) => void response.setHeader('content-encoding', 'gzip').end(json),
      'response-unreadable: content-encoding',
    ],
    ['that never ends', (_, response) => void response.write('{'), 'timed-out'],
    ['that never begins', () => undefined, 'timed-out'],
  ])('%s is none', async (_what, handler, detail) => {
    const server = await httpServer(handler);

    const outcome = await open(`${server.origin}/`, { timeoutMs: 300 }).fetch();

    expect(outcome).toEqual({ kind: 'failed', detail });
  });

  test('of a server that is gone is none', async () => {
    const server = await httpServer(answering);
    await server.close();

    expect(await open(`${server.origin}/`).fetch()).toEqual({
      kind: 'failed',
      detail: 'connection-failed: ECONNREFUSED',
    });
  });

  test.each(['named', 'unnamed'] as const)(
    'is not asked for inside where its origin is %s only',
    async (trust) => {
      const server = await tcpServer((socket) => socket.destroy());
      const refusals: string[] = [];
      const guarded = {
        trustIn: () => trust,
        onRefusal: (reason: string) => refusals.push(reason),
      };
      const { port } = new URL(server.origin);

      const literal = await open(`${server.origin}/`, guarded).fetch();
      const named = await open(`http://keys.example:${port}/`, {
        ...guarded,
        lookup: async () => [{ address: '127.0.0.1', family: 4 }],
      }).fetch();

      const refused = { kind: 'failed', detail: 'provider-not-allowed' };
      expect([literal, named]).toEqual([refused, refused]);
      expect(refusals).toEqual(['loopback', 'loopback']);
      expect(server.connectionCount()).toBe(0);
    },
  );

  test('goes through the proxy', async () => {
    const asked: string[] = [];
    const proxy = await tcpServer((socket) => {
      socket.once('data', (data) => {
        asked.push(String(data).split('\r\n')[0] ?? '');
        socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      });
    });

    const outcome = await open('https://keys.example/', {
      proxy: new Secret(proxy.origin),
    }).fetch();

    expect(outcome).toMatchObject({ kind: 'failed' });
    expect(asked).toEqual(['CONNECT keys.example:443 HTTP/1.1']);
  });

  test('is let go of when it is closed', async () => {
    const server = await httpServer(() => undefined);
    const document = open(`${server.origin}/`);

    const fetching = document.fetch();
    await document.close();

    expect(await fetching).toEqual({
      kind: 'failed',
      detail: expect.stringMatching(/^interrupted/),
    });
  });
});
