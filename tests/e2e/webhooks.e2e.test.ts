import { type Client, createClient } from '@bulkwatch/client';
import { type ExportScript, oracleExport } from '@bulkwatch/simulator';
import { eventually, freePort, type RunningProcess } from '@bulkwatch/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand } from '../../packages/cli/tests/run-command.js';
import { type Fleet, startFleet } from './fleet.js';
import { startReceiver } from './webhook-receiver.js';

type Receiver = Awaited<ReturnType<typeof startReceiver>>;

const jobCount = 12;
const ownSecret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
const types = new Set<string>(['bulkwatch.export.completed']);
const query = 'key=canary-of-the-url';

let receiver: Receiver;
let fleet: Fleet;
let client: Client;
let workers: RunningProcess[];
/** With which posts to the endpoint are signed, all of them. */
let secrets: readonly string[] = [];
beforeAll(async () => {
  receiver = await startReceiver(
    (path) => (path === '/own' ? [ownSecret] : secrets),
    // At first it is out of order.
    (number) => (number < 3 ? 503 : 200),
  );
  fleet = await startFleet({
    BULKWATCH_WEBHOOK_ORIGINS: receiver.origin,
    BULKWATCH_WEBHOOK_RETRIES: Array.from({ length: 20 }, () => '1s').join(','),
    BULKWATCH_WEBHOOK_TIMEOUT: '2s',
    BULKWATCH_RETRY_AFTER_FLOOR: '100ms',
  });
  client = createClient({ baseUrl: fleet.apiUrl });
  workers = await Promise.all([fleet.startWorker(), fleet.startWorker()]);
});
afterAll(async () => {
  await fleet.stop();
  await receiver.kill();
});

it('every event is posted, whoever dies, signed so that the library of receivers verifies it', async () => {
  const endpoint = await client.createWebhookEndpoint({ url: `${receiver.origin}/all?${query}` });
  secrets = [endpoint.secret];
  const webhook = {
    url: `${receiver.origin}/own?${query}`,
    secret: ownSecret,
    types: [...types],
  };
  const jobIds: string[] = [];
  const register = async (more: object = {}): Promise<void> => {
    const script: ExportScript = oracleExport({ polls: 2, retryAfterSeconds: 0.3 });
    const { statusUrl } = fleet.simulator.createExport(script);
    jobIds.push((await fleet.register({ statusUrl, credential: 'oracle', ...more })).id);
  };
  await register({ webhook });
  for (let n = 1; n < jobCount; n += 1) await register();

  // In the midst of it: a worker, then the receiver, then the other worker.
  await eventually(() => expect(receiver.posts.length).toBeGreaterThan(5), { timeoutMs: 15_000 });
  await workers[0]?.kill();
  workers[0] = await fleet.startWorker();
  await receiver.kill();
  await register();
  await workers[1]?.kill();
  await receiver.restart();

  const settled = await Promise.all(jobIds.map((id) => client.waitFor(id)));
  expect(settled.map(({ state }) => state)).toEqual(jobIds.map(() => 'completed'));
  const events = await fleet.events();
  expect(events.length).toBeGreaterThanOrEqual(2 * jobIds.length);
  await eventually(() => expect(takenBy('/all')).toEqual(new Set(events.map(({ id }) => id))), {
    timeoutMs: 40_000,
    everyMs: 200,
  });
  const [first = ''] = jobIds;
  const ofFirst = events.filter(({ subject, type }) => subject === first && types.has(type));
  expect(ofFirst).toHaveLength(1);
  await eventually(() => expect(takenBy('/own')).toEqual(new Set(ofFirst.map(({ id }) => id))));

  expect(receiver.refused).toEqual([]);
  const told = new Map(events.map((event) => [event.id, event]));
  for (const { id, body } of receiver.posts) expect(JSON.parse(body)).toEqual(told.get(id));
  const ownCount = receiver.posts.filter(({ path }) => path === '/own').length;
  await client.republishEvent(first);
  await eventually(() => {
    const own = receiver.posts.filter(({ path }) => path === '/own');
    expect(own.length).toBeGreaterThan(ownCount);
    expect(new Set(own.map(({ id }) => id)).size).toBe(1);
  });
  const log = await client.listJobDeliveries(first, { state: 'delivered' });
  expect(log.deliveries.map(({ endpointId }) => endpointId)).toContain(null);
  expect(await client.getWebhookEndpoint(endpoint.id)).toMatchObject({
    state: 'enabled',
    url: `${receiver.origin}/all?…`,
  });
});

it('a test tells at once, and a rotated secret signs beside the old one', async () => {
  const env = { BULKWATCH_API_URL: fleet.apiUrl };
  const [endpoint] = await client.listWebhookEndpoints();
  const id = endpoint?.id ?? '';
  const { secret } = await client.rotateWebhookSecret(id);
  secrets = [...secrets, secret];

  const delivered = await runCommand(['webhooks', 'test', id], { env });
  expect(delivered).toMatchObject({ code: 0, said: expect.stringMatching(/^Delivered: 200 /) });
  expect(receiver.refused).toEqual([]);
  const gone = `http://127.0.0.1:${await freePort()}`;
  await expect(client.amendWebhookEndpoint(id, { url: gone })).rejects.toMatchObject({
    reason: 'webhook-not-allowed',
  });
  await receiver.kill();
  const failed = await runCommand(['webhooks', 'test', id, '--json'], { env });
  await receiver.restart();
  expect(failed).toMatchObject({ code: 1, said: expect.stringContaining('Not delivered: ') });

  const everywhere = fleet.output() + (await fleet.dumpRedis());
  for (const hidden of [query, ownSecret.slice(6), ...secrets.map((text) => text.slice(6))])
    expect(everywhere).not.toContain(hidden);
});

/** The ids of the events that were taken there. */
const takenBy = (path: string): Set<string> =>
  new Set(
    receiver.posts.filter((post) => post.path === path && post.status === 200).map(({ id }) => id),
  );
