import type { Socket } from 'node:net';
import { systemClock } from '@bulkwatch/runtime';
import { afterAll, expect, it } from 'vitest';
import { createProviderPolicy, createWebhookSender, openRemoteDocument } from '../src/index.js';
import { tcpServer } from './setup.js';

const closers: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(closers.map((close) => close())));

/**
 * undici 7.30.2 throws where nobody can catch it (`assert(!this.paused)`) when a connection that has said `close` is reset
 * while more of a body than it buffers is unread. Vitest fails where that happens.
 */
const resetWhileUnread = (head: string) => (socket: Socket) => {
  socket.on('error', () => undefined);
  socket.once('data', () => {
    socket.write(`HTTP/1.1 ${head}\r\nConnection: close\r\n\r\n${'a'.repeat(70_000)}`);
    setTimeout(() => socket.resetAndDestroy(), 20);
  });
};

/** Longer than the server waits. */
const afterwards = () => new Promise((resolve) => setTimeout(resolve, 60));

it.each([
  '200 OK',
  '200 OK\r\nContent-Length: 90000',
  '200 OK\r\nContent-Encoding: gzip',
  '302 Found\r\nLocation: https://elsewhere.test/',
  '500 Internal Server Error',
])('leaves no body unread that could end the process: %j', async (head) => {
  const { origin } = await tcpServer(resetWhileUnread(head));
  const document = openRemoteDocument({
    url: `${origin}/`,
    accept: '*/*',
    timeoutMs: 2_000,
    bodyMaxBytes: 80_000,
    trustIn: () => 'private',
  });
  closers.push(document.close);
  const sender = createWebhookSender({
    policy: createProviderPolicy({ allowHttp: true, origins: [origin] }),
    clock: systemClock,
    timeoutMs: 2_000,
    connectionsPerOrigin: 1,
  });
  closers.push(sender.close);
  const post = { url: `${origin}/`, tenant: 't', id: 'e', body: '{}', secrets: ['whsec_AAAA'] };

  expect((await document.fetch()).kind).toBe('failed');
  expect((await sender.post(post)).kind).toBe('answered');
  await afterwards();
});
