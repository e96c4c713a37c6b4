import type { WebhookEndpoint, WebhookEndpointList } from '@bulkwatch/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  exchangeBytes,
  exchangeRaw,
  parseAnswer,
  type RawAnswer,
  type RawRequest,
} from './exchange-raw.js';
import { type FuzzParts, operations, requestsFor } from './fuzz-requests.js';
import {
  type Api,
  authenticating,
  newStatusUrl,
  provider,
  setupApi,
  setupWorker,
} from './harness.js';
import { canary } from './keeps-contract.js';
import { undocumented } from './open-api-check.js';
import { withFiles } from './with-files.js';

const seed = Number(process.env['FUZZ_SEED']);
const budgetMs = 2_500;
const receiver = 'https://hooks.example.org';

let api: Api;
let files: Awaited<ReturnType<typeof withFiles>>;
let parts: FuzzParts;

beforeAll(async () => {
  files = await withFiles({ 'seal-keys': `k1 ${Buffer.alloc(32, 7).toString('base64')}\n` });
  api = await setupApi({
    ...authenticating,
    BULKWATCH_SEAL_KEYS_FILE: files.path('seal-keys'),
    BULKWATCH_API_RATE_LIMIT: '1000000',
    BULKWATCH_API_WAIT_MAX: '1s',
    BULKWATCH_WEBHOOK_ORIGINS: receiver,
    BULKWATCH_WEBHOOK_ENDPOINTS_MAX: '20',
  });
  const key = await api.keyOf('default', 'admin');
  const jobIds = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const statusUrl = `${newStatusUrl()}?token=${canary}`;
      const response = await api.as(key, 'post', '/v1/jobs').send({ statusUrl }).expect(201);
      return (response.body as { id: string }).id;
    }),
  );
  const worker = await setupWorker(api.redis);
  await worker.complete(jobIds[0] ?? '', Buffer.from('{"output":[{"type":"Patient","url":"u"}]}'));
  await worker.fail(jobIds[1] ?? '');
  await worker.close();
  parts = { key, jobIds, endpointIds: [], provider, receiver, secret: canary };
});
afterAll(async () => {
  await api.stop();
  await files.remove();
});

/** Endpoints for one operation: the one before may have deleted all that there were. */
async function withEndpoints(): Promise<FuzzParts> {
  const path = '/v1/webhook-endpoints';
  const list = await api.as(parts.key, 'get', path).expect(200);
  for (const { id } of (list.body as WebhookEndpointList).webhookEndpoints)
    await api.as(parts.key, 'delete', `${path}/${id}`).expect(204);
  const url = `${receiver}/?token=${canary}`;
  const made = await Promise.all(
    Array.from({ length: 6 }, () => api.as(parts.key, 'post', path).send({ url }).expect(201)),
  );
  return { ...parts, endpointIds: made.map(({ body }) => (body as WebhookEndpoint).id) };
}

/** What no answer may do, whatever was asked. */
function expectSound(request: RawRequest, answer: RawAnswer): void {
  const { status, headers, text } = answer;
  expect(status).toBeLessThan(500);
  expect(JSON.stringify(headers) + text).not.toContain(canary);
  expect(text).not.toContain(parts.key);
  // Bytes that are no request are answered without an id, since there is nothing that has one.
  const read = 'x-request-id' in headers ? headers : { ...headers, 'x-request-id': 'none' };
  const { method, target } = headers === read ? request : { method: 'GET', target: '/v1/jobs' };
  // Blanks before a target are passed over, and one ends it.
  const [path = ''] = target.trimStart().split(' ', 1);
  expect(undocumented({ method, target: path, status, headers: read, text })).toEqual([]);
}

async function expectAlive(): Promise<void> {
  await api.as(parts.key, 'get', '/v1/jobs?limit=1').expect(200);
}

describe(`requests made at random, seed ${seed}`, () => {
  it.each(operations)('$method $path', async (operation) => {
    const sent = new Map<number, number>();
    const now = operation.path.includes('webhook') ? await withEndpoints() : parts;
    await fc.assert(
      fc.asyncProperty(requestsFor(operation, now), async (request) => {
        const answer = await exchangeRaw(api.port, request);
        sent.set(answer.status, (sent.get(answer.status) ?? 0) + 1);
        expectSound(request, answer);
      }),
      { seed, numRuns: 2_000, interruptAfterTimeLimit: budgetMs, endOnFailure: true },
    );
    // A test that only ever gets one refusal tests little.
    expect(sent.size).toBeGreaterThan(2);
    await expectAlive();
  });

  it('bytes that are hardly a request', async () => {
    const line = fc.constantFrom(
      'GET /v1/jobs HTTP/1.1',
      'CONNECT a:1 HTTP/1.1',
      'GET x://y HTTP/1.1',
      'GET * HTTP/1.1',
      'GET /v1/jobs HTTP/9.9',
      'GET /v1/jobs',
      'PRI * HTTP/2.0',
      '',
    );
    const field = fc.oneof(
      fc.constantFrom(
        'Host: a',
        'Host: a\r\nHost: b',
        'Content-Length: 5',
        'Transfer-Encoding: chunked',
        ': x',
        ' folded',
        'A\0: b',
        'Expect: x',
      ),
      fc.string({ unit: 'binary', maxLength: 30 }),
    );
    const bytes = fc
      .tuple(line, fc.array(field, { maxLength: 4 }))
      .map(([first, fields]) =>
        Buffer.from([first, ...fields, 'Connection: close', '', ''].join('\r\n')),
      );
    await fc.assert(
      fc.asyncProperty(bytes, async (sent) => {
        const answer = parseAnswer(
          await exchangeBytes(api.port, Buffer.concat([sent, Buffer.from('zz\r\n\r\n')])),
        );
        expectSound({ method: 'GET', target: '/v1/jobs', headers: [] }, answer);
      }),
      { seed, numRuns: 1_000, interruptAfterTimeLimit: budgetMs, endOnFailure: true },
    );
    await expectAlive();
  });
});
