import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Job, WebhookEndpoint } from '@bulkwatch/contract';
import { oracleExport, selfSignedCertificate } from '@bulkwatch/simulator';
import { eventually, freePort } from '@bulkwatch/testkit';
import { Redis as RedisClient } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { urlFor, writeUsers } from '../infra/support/redis-users.js';
import { type Fleet, portOf, startFleet } from './fleet.js';
import { startReceiver } from './webhook-receiver.js';

let folder: string;
let users: Awaited<ReturnType<typeof writeUsers>>;
let fleet: Fleet;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
/** A Redis as it should be run: over TLS, and each service as the user that we ship for it. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bulkwatch-tls-'));
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const { key, cert } = selfSignedCertificate('localhost');
  await writeFile(keyFile, key);
  await writeFile(certFile, cert);
  users = await writeUsers();
  const tlsPort = await freePort();
  receiver = await startReceiver(
    () => [],
    () => 204,
  );
  fleet = await startFleet(
    {
      BULKWATCH_REDIS_CA_FILE: certFile,
      BULKWATCH_WEBHOOK_ORIGINS: receiver.origin,
      BULKWATCH_EXPIRY_INTERVAL: '200ms',
      BULKWATCH_RETENTION_INTERVAL: '200ms',
    },
    {
      redis: {
        settings: {
          aclfile: users.file,
          'tls-port': String(tlsPort),
          'tls-cert-file': certFile,
          'tls-key-file': keyFile,
          'tls-auth-clients': 'no',
        },
      },
      redisUrl: (caller, { port }) =>
        caller === 'test' ? urlFor('test', port) : urlFor(`bulkwatch-${caller}`, tlsPort, 'rediss'),
    },
  );
});
afterAll(async () => {
  await fleet.stop();
  await receiver.kill();
  await users.remove();
  await rm(folder, { recursive: true, force: true });
});

async function call(method: string, path: string, body?: object): Promise<Response> {
  const response = await fetch(`${fleet.apiUrl}${path}`, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
  return response;
}

const inState = (id: string, state: Job['state']) =>
  eventually(async () => expect((await fleet.job(id)).state).toBe(state), {
    timeoutMs: 30_000,
    everyMs: 100,
  });

/** Commands and keys that Redis has refused to the services. */
async function refused(): Promise<string[]> {
  const client = new RedisClient(urlFor('test', fleet.redis.port), { protocol: 2 });
  const log = (await client.call('ACL', 'LOG')) as string[][];
  client.disconnect();
  return log.map((entry) => entry[entry.indexOf('object') + 1] ?? '');
}

describe('over TLS and with least privilege', () => {
  it('does all that it does', async () => {
    const worker = await fleet.startWorker();
    const slow = () =>
      fleet.simulator.createExport(oracleExport({ polls: 1_000, retryAfterSeconds: 1 })).statusUrl;
    const register = (statusUrl: string) => fleet.register({ statusUrl, credential: 'oracle' });

    const endpoint = (await (
      await call('POST', '/v1/webhook-endpoints', { url: `${receiver.origin}/hook` })
    ).json()) as WebhookEndpoint;
    const completing = await register(
      fleet.simulator.createExport(oracleExport({ polls: 3, retryAfterSeconds: 1 })).statusUrl,
    );
    const [cancelled, deleted, rescued] = await Promise.all([
      register(slow()),
      register(`${slow()}?sig=x`),
      register(slow()),
    ]);
    await call('GET', `/v1/jobs/${completing.id}?wait=2`);
    await inState(completing.id, 'completed');
    await call('GET', `/v1/jobs/${completing.id}/manifest`);
    await call('GET', `/v1/jobs/${completing.id}/polls`);
    await call('GET', '/v1/jobs?limit=2');
    const amendment = { deleteOnAcknowledge: true, requiredSubscribers: ['loader'] };
    await call('PATCH', `/v1/jobs/${completing.id}`, amendment);
    for (const action of ['republish', 'refresh'])
      await call('POST', `/v1/jobs/${completing.id}/${action}`);
    for (const action of ['pause', 'resume'])
      await call('POST', `/v1/jobs/${rescued.id}/${action}`);
    await call('POST', `/v1/jobs/${rescued.id}/poll`, { force: true });
    await call('POST', '/v1/jobs/actions', { action: 'resume', filter: { health: 'ok' } });
    await eventually(async () => expect((await fleet.job(completing.id)).manifestVersion).toBe(2));
    await call('POST', `/v1/jobs/${completing.id}/acknowledge`, { subscriber: 'loader' });
    await eventually(async () =>
      expect((await fleet.job(completing.id)).deletedAtProviderAt).not.toBeNull(),
    );

    const hooks = `/v1/webhook-endpoints/${endpoint.id}`;
    for (const action of ['test', 'rotate-secret']) await call('POST', `${hooks}/${action}`, {});
    await call('PATCH', hooks, { enabled: false });
    await call('PATCH', hooks, { enabled: true });
    await call('POST', `${hooks}/replay`, { since: '0-0' });
    for (const type of ['bulkwatch.webhook.test', 'bulkwatch.export.completed'])
      await eventually(() =>
        expect(receiver.posts.some(({ body }) => body.includes(type))).toBe(true),
      );
    await call('GET', `${hooks}/deliveries?state=delivered`);

    await inState(cancelled.id, 'in-progress');
    await call('PATCH', `/v1/jobs/${cancelled.id}`, { labels: { study: 'a' } });
    await call('DELETE', `/v1/jobs/${cancelled.id}`);
    await inState(cancelled.id, 'cancelled');
    await call('DELETE', `/v1/jobs/${deleted.id}?provider=true`);
    await inState(deleted.id, 'cancelled');

    const metrics = `http://127.0.0.1:${portOf(worker, 'worker running', 'opsPort')}/metrics`;
    expect(await (await fetch(metrics)).text()).toMatch(/bulkwatch_jobs\{.*completed.*\} 1/);

    await fleet.deleteKeys('{bulkwatch}:bull:*');
    const { pollCount } = await fleet.job(rescued.id);
    await eventually(
      async () => expect((await fleet.job(rescued.id)).pollCount).toBeGreaterThan(pollCount + 2),
      { timeoutMs: 30_000 },
    );
    // A worker that dies in the middle leaves its entries to another, by other scripts of the engine.
    const another = await fleet.startWorker();
    await worker.kill();
    const { pollCount: before } = await fleet.job(rescued.id);
    await eventually(
      async () => expect((await fleet.job(rescued.id)).pollCount).toBeGreaterThan(before + 1),
      { timeoutMs: 60_000, everyMs: 200 },
    );
    expect(await another.stop('SIGTERM', 30_000)).toEqual({ code: 0, signal: null });

    // CONFIG GET would show passwords: that the kind of persistence is then not known is all that is lost.
    expect((await refused()).filter((object) => object !== 'config|get')).toEqual([]);
  });
});
