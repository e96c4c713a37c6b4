import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Settlement, WebhookTurn } from '../src/index.js';
import { type Bench, openBench } from './store-bench.js';

export let bench: Bench;
beforeAll(async () => {
  bench = await openBench({
    webhooks: { endpointsMax: 3, bodyMaxBytes: 600, logRetentionMs: 3_600_000, logLength: 200 },
  });
});
afterAll(() => bench.close());
/** Each test has a tenant of its own. */
export let tenant = '';
/** For a test that needs a certain one. */
export const actAs = (name: string): void => {
  tenant = name;
};
let serial = 0;
/** A number that no test of the file has had. */
export const nextSerial = (): number => {
  serial += 1;
  return serial;
};
beforeEach(() => {
  serial += 1;
  tenant = `tenant-${serial}`;
});

export const canary = 'canary-webhook-query';
export const url = `https://hooks.example/path?token=${canary}`;
export const webhooks = () => bench.store.webhooks;
export const engine = () => bench.store.webhookEngine;

export async function newEndpoint(
  more: Parameters<ReturnType<typeof webhooks>['createEndpoint']>[1] = { url },
) {
  const result = await webhooks().createEndpoint(tenant, more);
  if (result.kind !== 'created') throw new Error(result.kind);
  return { ...result.endpoint, secret: result.secret };
}

export const eventJson = (n: number, data: object = { job: { labels: {} } }) =>
  JSON.stringify({
    specversion: '1.0',
    id: `job-${n}.registered.0`,
    source: `/bulkwatch/tenants/${tenant}`,
    type: 'bulkwatch.export.registered',
    subject: `job-${n}`,
    data,
  });
export const startedAt = Date.now();
export const entry = (n: number) => ({ id: `${startedAt + n}-0`, json: eventJson(n) });

export async function turnOf(receiverId: string, most = 10): Promise<WebhookTurn> {
  const turn = await engine().claimTurn(receiverId, { most, leaseMs: 60_000 });
  if (!turn) throw new Error('no turn');
  return turn;
}

export const probing = { firstMs: 60_000, longestMs: 100_000 };
export const attempt = { status: 500, durationMs: 1, reason: 'http-500' };
export const settle = (turn: WebhookTurn, at: number, settlement: Settlement) => {
  const delivery = turn.deliveries[at];
  if (!delivery) throw new Error('no such delivery');
  return engine().settle({ turn, delivery }, settlement, probing);
};
export const log = async (endpointId: string) =>
  (await webhooks().deliveries(tenant, { endpointId }, { limit: 50 }))?.deliveries ?? [];
