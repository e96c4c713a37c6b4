import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import {
  createLogger,
  createOpsServer,
  type OpsServer,
  openLogLevelControl,
} from '@bulkwatch/runtime';
import { afterEach, beforeEach, expect, test } from 'vitest';

const logger = createLogger({
  service: 'test',
  level: 'info',
  destination: { write: () => undefined },
});
let server: OpsServer;
let port: number;
const control = openLogLevelControl(logger, { logLevelChanges: true });
const open = (given: Partial<Parameters<typeof createOpsServer>[0]> = {}) =>
  createOpsServer({
    host: '127.0.0.1',
    port: 0,
    registry: { contentType: 'text/plain', metrics: async () => '' },
    livez: () => ({ ok: true, checks: {} }),
    readyz: () => ({ ok: true, checks: {} }),
    logger,
    logLevel: control,
    ...given,
  });
beforeEach(async () => {
  server = open();
  port = (await server.start()).port;
});
afterEach(async () => {
  control?.reset('test');
  await server.stop();
});

/** By node:http, which sends these headers and no others. */
const ask = (
  method: string,
  body = '',
  { headers = {}, host = '127.0.0.1' }: { headers?: Record<string, string>; host?: string } = {},
) =>
  new Promise<{ status: number | undefined; answer: unknown; allow: string | undefined }>(
    (resolve, reject) => {
      const asking = request(
        { host, port, path: '/log-level', method, headers },
        async (response) => {
          const chunks: Buffer[] = [];
          for await (const chunk of response) chunks.push(chunk as Buffer);
          const { statusCode: status, headers: said } = response;
          const answer: unknown = JSON.parse(String(Buffer.concat(chunks)) || 'null');
          resolve({ status, answer, allow: said.allow });
        },
      );
      asking.on('error', reject).end(body);
    },
  );

test('the level is told, lowered for a time, and put back', async () => {
  expect(await ask('GET')).toMatchObject({ status: 200, answer: { level: 'info' } });

  const lowered = await ask('PUT', '{"level":"debug","for":"30s"}');
  expect(lowered).toMatchObject({ status: 200, answer: { level: 'debug', configured: 'info' } });
  expect(logger.level).toBe('debug');
  const { until } = lowered.answer as { until: string };
  expect(Date.parse(until) - Date.now()).toBeGreaterThan(25_000);

  expect(await ask('DELETE')).toMatchObject({ status: 200, answer: { level: 'info' } });
  expect(logger.level).toBe('info');
});

test.each([
  ['', 'body'],
  ['[]', 'body'],
  ['null', 'body'],
  ['{"level":"loud"}', 'body'],
  ['{"level":"debug","to":"x"}', 'body'],
  ['{"level":"debug","for":5}', 'body'],
  ['{"level":"debug","for":"2h"}', 'for: expected a duration from 1s to 1h'],
  ['{"level":"warn"}', 'level: must not be less talkative than info'],
  [`{"level":"debug"}${' '.repeat(2_000)}`, 'body'],
])('what cannot be done is refused, with the field: %.40s', async (body, says) => {
  expect(await ask('PUT', body)).toMatchObject({
    status: 400,
    answer: { error: expect.stringContaining(says) },
  });
  expect(logger.level).toBe('info');
});

test('it has no other method', async () => {
  expect(await ask('POST', '{"level":"debug"}')).toMatchObject({
    status: 405,
    allow: 'GET, HEAD, PUT, DELETE',
  });
});

test.each([
  ['X-Forwarded-For', '203.0.113.7'],
  ['Forwarded', 'for=203.0.113.7'],
  ['Via', '1.1 proxy'],
  ['Origin', 'https://evil.example'],
  ['Sec-Fetch-Site', 'cross-site'],
])('what came by way of a proxy or out of a browser is refused: %s', async (name, value) => {
  const headers = { [name]: value };

  expect(await ask('PUT', '{"level":"debug"}', { headers })).toMatchObject({ status: 403 });
  expect(await ask('GET', '', { headers })).toMatchObject({ status: 403 });
  expect(logger.level).toBe('info');
});

const elsewhere = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

test.runIf(elsewhere)('who connects by another address than loopback is refused', async () => {
  const public_ = open({ host: '0.0.0.0' });
  port = (await public_.start()).port;

  const asked = ask('PUT', '{"level":"debug"}', { host: String(elsewhere) });

  expect(await asked).toMatchObject({ status: 403 });
  await public_.stop();
});

test('where it is not allowed there is no such path', async () => {
  const closed = open({ logLevel: undefined });
  port = (await closed.start()).port;

  expect(await ask('GET')).toMatchObject({ status: 404 });
  await closed.stop();
});
