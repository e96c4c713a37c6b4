import { once } from 'node:events';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { systemClock } from '@bulkwatch/runtime';
import { hostileUrls } from '@bulkwatch/testkit';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import {
  createProviderPolicy,
  createWebhookSender,
  type ProviderPolicyOptions,
  type WebhookPost,
  type WebhookSender,
} from '../src/index.js';
import { httpServer, tcpServer } from './setup.js';

const senders: WebhookSender[] = [];
afterEach(async () => {
  for (const sender of senders.splice(0)) await sender.close();
});

function senderTo(
  policy: Partial<ProviderPolicyOptions> & { origins: string[] },
  timeoutMs = 2_000,
) {
  const refusals: string[] = [];
  const sender = createWebhookSender({
    policy: createProviderPolicy({ allowHttp: true, ...policy }),
    clock: systemClock,
    timeoutMs,
    connectionsPerOrigin: 4,
    onRefusal: (reason, origin) => refusals.push(`${reason} ${origin}`),
  });
  senders.push(sender);
  return { sender, refusals };
}

const secrets = [
  `whsec_${Buffer.alloc(24, 1).toString('base64')}`,
  `whsec_${Buffer.alloc(64, 2).toString('base64')}`,
];
const postTo = (url: string, more: Partial<WebhookPost> = {}): WebhookPost => ({
  url,
  tenant: 'default',
  id: 'job-1.completed.3',
  body: '{"specversion":"1.0","data":"ü"}',
  secrets,
  ...more,
});

describe('a post', () => {
  it('is signed with each secret, as the library of receivers verifies', async () => {
    const server = await httpServer((_request, response) => void response.writeHead(202).end());
    const { sender } = senderTo({ origins: [server.origin] });

    expect(await sender.post(postTo(`${server.origin}/hook?a=b`))).toMatchObject({
      kind: 'answered',
      status: 202,
    });
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/hook?a=b' });
    const headers = request?.headers as Record<string, string>;
    expect(headers['webhook-id']).toBe('job-1.completed.3');
    expect(headers).not.toHaveProperty('authorization');
    for (const secret of secrets)
      expect(new Webhook(secret).verify(request?.body ?? '', headers)).toMatchObject({ data: 'ü' });
    expect(() => new Webhook(secrets[0] ?? '').verify('{}', headers)).toThrow();
  });

  it.each<[what: string, headers: Record<string, string>, ms: number | undefined]>([
    ['seconds', { 'Retry-After': '120' }, 120_000],
    [
      'a date',
      { Date: 'Mon, 23 Nov 2026 15:00:00 GMT', 'Retry-After': 'Mon, 23 Nov 2026 15:01:00 GMT' },
      60_000,
    ],
    ['rubbish', { 'Retry-After': 'tomorrow' }, undefined],
    ['nothing', {}, undefined],
  ])('tells a Retry-After of %s', async (_what, headers, ms) => {
    const server = await httpServer(
      (_request, response) => void response.writeHead(503, headers).end(),
    );
    const { sender } = senderTo({ origins: [server.origin] });
    const { kind, ...rest } = await sender.post(postTo(server.origin));

    expect(kind).toBe('answered');
    expect(rest).toMatchObject({ status: 503, ...(ms === undefined ? {} : { retryAfterMs: ms }) });
    if (ms === undefined) expect(rest).not.toHaveProperty('retryAfterMs');
  });

  it('is not sent on where it is redirected to', async () => {
    const other = await httpServer((_request, response) => void response.end());
    const server = await httpServer(
      (_request, response) => void response.writeHead(307, { Location: other.origin }).end(),
    );
    const { sender } = senderTo({ origins: [server.origin, other.origin] });

    expect(await sender.post(postTo(server.origin))).toMatchObject({ status: 307 });
    expect(other.requests).toEqual([]);
  });
});

describe('a receiver', () => {
  it.each<[what: string, answer: string, outcome: object]>([
    ['hangs up', '', { kind: 'failed', reason: 'connection-failed' }],
    ['speaks no HTTP', 'hello\r\n\r\n', { kind: 'failed', reason: 'response-unreadable' }],
    ['sends a status of its own', 'HTTP/1.1 099 No\r\n\r\n', { kind: 'failed' }],
    [
      'sends endless headers',
      `HTTP/1.1 200 OK\r\n${'X-A: bbbbbbbb\r\n'.repeat(4_000)}\r\n`,
      { kind: 'failed', reason: 'response-too-large' },
    ],
    [
      'announces a body and sends none',
      'HTTP/1.1 204 No Content\r\nContent-Length: 9999999999\r\n\r\n',
      { kind: 'answered', status: 204 },
    ],
    [
      'breaks its body off',
      'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf',
      { kind: 'answered', status: 200 },
    ],
    [
      'sends a header twice that counts once',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      { kind: 'failed' },
    ],
  ])('that %s harms nothing', async (_what, answer, outcome) => {
    const server = await tcpServer((socket) => socket.once('data', () => socket.end(answer)));
    const { sender } = senderTo({ origins: [server.origin] });

    expect(await sender.post(postTo(server.origin))).toMatchObject(outcome);
  });

  it('that answers without an end is let go, and its answer counts', async () => {
    const server = await httpServer((_request, response) => {
      response.writeHead(200);
      const more = (): void => {
        if (!response.destroyed) response.write(Buffer.alloc(64 * 1024), more);
      };
      more();
    });
    const { sender } = senderTo({ origins: [server.origin] });

    expect(await sender.post(postTo(server.origin))).toMatchObject({ status: 200 });
    await expect.poll(() => server.openCount()).toBe(0);
  });

  it('that answers drop by drop is let go after a second', async () => {
    const server = await httpServer((_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('.'), 50);
      response.on('close', () => clearInterval(timer));
    });
    const { sender } = senderTo({ origins: [server.origin] });
    const { durationMs } = await sender.post(postTo(server.origin));

    expect(durationMs).toBeLessThan(1_000);
    await expect.poll(() => server.openCount(), { timeout: 3_000 }).toBe(0);
  });

  it('that never answers has its time, and then it is over', async () => {
    const server = await httpServer(() => undefined);
    const { sender } = senderTo({ origins: [server.origin] }, 300);

    expect(await sender.post(postTo(server.origin))).toMatchObject({ reason: 'timed-out' });
    const giveUp = new AbortController();
    const post = sender.post(postTo(server.origin, { signal: giveUp.signal }));
    giveUp.abort();
    expect(await post).toMatchObject({ reason: 'interrupted' });
  });
});

describe('a URL', () => {
  const forbidden = createTcpServer((socket) => socket.destroy());
  let visits = 0;
  forbidden.on('connection', () => {
    visits += 1;
  });
  afterAll(() => forbidden.close());

  it('that is hostile is refused, by every spelling, and nobody is asked', async () => {
    forbidden.listen(0, '127.0.0.77');
    await once(forbidden, 'listening');
    const { port } = forbidden.address() as AddressInfo;
    // As open as a list of origins can be.
    const { sender } = senderTo({
      origins: ['https://*.com', 'https://*.org', 'https://*.example'],
    });
    for (const { text, what } of hostileUrls(port))
      expect(await sender.post(postTo(text)), what).toMatchObject({
        kind: 'failed',
        reason: 'webhook-not-allowed',
      });
    expect(visits).toBe(0);
  });

  it('whose name leads inside is not connected to, unless the operator said so', async () => {
    const server = await httpServer((_request, response) => void response.end());
    const url = server.origin.replace('127.0.0.1', 'hooks.example');
    const lookup = async () => [{ address: '127.0.0.1', family: 4 as const }];
    const options = { clock: systemClock, timeoutMs: 2_000, connectionsPerOrigin: 1, lookup };
    const policyOf = (privateOrigins: string[]) =>
      createProviderPolicy({ origins: [url], privateOrigins, allowHttp: true });
    const guarded = createWebhookSender({ ...options, policy: policyOf([]) });
    const inside = createWebhookSender({ ...options, policy: policyOf([url]) });
    senders.push(guarded, inside);

    expect(await guarded.post(postTo(url))).toMatchObject({ kind: 'failed' });
    expect(server.connectionCount()).toBe(0);
    expect(await inside.post(postTo(url))).toMatchObject({ status: 200 });
  });

  it('of an origin that is not listed for the tenant is refused', async () => {
    const server = await httpServer((_request, response) => void response.end());
    const { sender, refusals } = senderTo({
      origins: [server.origin],
      originsByTenant: new Map([['acme', []]]),
    });

    expect(await sender.post(postTo(server.origin, { tenant: 'acme' }))).toMatchObject({
      reason: 'webhook-not-allowed',
    });
    expect(refusals).toEqual([`loopback ${server.origin}`]);
    expect(await sender.post(postTo(server.origin))).toMatchObject({ status: 200 });
  });
});
