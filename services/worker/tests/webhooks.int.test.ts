import { signWebhook } from '@bulkwatch/egress';
import { eventually } from '@bulkwatch/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Answer,
  newSecret,
  openWebhookFleet,
  startReceiver,
  type WebhookFleet,
} from './webhook-fleet.js';

let fleet: WebhookFleet;
const closers: (() => Promise<void>)[] = [];
beforeEach(async () => {
  fleet = await openWebhookFleet();
});
afterEach(async () => {
  await fleet.close();
  for (const close of closers.splice(0)) await close();
});

async function receiver(answer?: Answer) {
  const started = await startReceiver(answer);
  closers.push(started.close);
  return started;
}

const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_post, response) =>
    response.writeHead(code, headers).end();

const log = async (endpointId: string) =>
  (await fleet.store.webhooks.deliveries('default', { endpointId }, { limit: 100 }))?.deliveries ??
  [];
const states = async (endpointId: string) => (await log(endpointId)).map(({ state }) => state);

describe('an event', () => {
  it('is posted to the endpoints of its tenant and to the webhook of its job, signed', async () => {
    const [one, foreign, own] = [await receiver(), await receiver(), await receiver()];
    const endpoint = await fleet.endpoint({ url: one.url });
    await fleet.endpoint({ url: foreign.url }, 'acme');
    await fleet.worker();
    const secret = newSecret();
    const jobId = await fleet.happen('default', { webhook: { url: own.url, secret } });

    await eventually(() => expect([own.posts.length, one.posts.length]).toEqual([1, 1]));
    await eventually(async () => expect(await states(endpoint.id)).toEqual(['delivered']));
    expect(one.ids()).toEqual([`${jobId}.registered.0`]);
    expect(foreign.posts).toEqual([]);
    const [post] = own.posts;
    expect(post?.path).toBe('/hook?token=canary-query');
    expect(post?.headers).toMatchObject({
      'content-type': 'application/cloudevents+json; charset=utf-8',
      ...signWebhook(
        { id: `${jobId}.registered.0`, body: post?.body ?? '', secrets: [secret] },
        1000 * Number(post?.headers['webhook-timestamp']),
      ),
    });
    expect(JSON.parse(post?.body ?? '')).toMatchObject({
      type: 'bulkwatch.export.registered',
      data: { job: { id: jobId, webhook: { state: 'enabled', types: null } } },
    });
    const ofJob = await fleet.store.webhooks.deliveries('default', { jobId }, { limit: 10 });
    expect(new Set(ofJob?.deliveries.map(({ endpointId }) => endpointId))).toEqual(
      new Set([endpoint.id, null]),
    );
  });

  it('goes to endpoints that want its type and the labels of its job', async () => {
    const one = await receiver();
    await fleet.endpoint({ url: `${one.url}&never`, types: ['bulkwatch.export.completed'] });
    await fleet.endpoint({ url: `${one.url}&other`, labels: { serial: 'another' } });
    await fleet.endpoint({ url: `${one.url}&all`, types: ['bulkwatch.export.registered'] });
    await fleet.worker();
    await fleet.happen();

    await eventually(() => expect(one.posts).toHaveLength(1));
    expect(one.posts[0]?.path).toContain('&all');
  });

  it('is posted again until it is taken, with one id, and is in the log', async () => {
    const one = await receiver((_post, response, index) =>
      response.writeHead(index < 1 ? 500 : 200).end(),
    );
    const { id } = await fleet.endpoint({ url: one.url });
    await fleet.worker();
    await fleet.happen();

    await eventually(async () => expect(await states(id)).toEqual(['delivered']), {
      timeoutMs: 10_000,
    });
    expect(new Set(one.ids()).size).toBe(1);
    const [first = 0, second = 0] = one.posts.map(({ at }) => at);
    expect(second - first).toBeGreaterThanOrEqual(1_000);
    expect((await log(id))[0]).toMatchObject({
      attemptCount: 2,
      nextAttemptAt: null,
      attempts: [
        { status: 200, reason: null },
        { status: 500, reason: 'http-500' },
      ],
    });
    expect(await fleet.store.webhooks.endpoint('default', id)).toMatchObject({
      failingSince: null,
      lastReason: null,
    });
  });

  it('that is never taken has failed in the end, and is replayed under its id', async () => {
    let code = 404;
    const one = await receiver((_post, response) => response.writeHead(code).end());
    const { id } = await fleet.endpoint({ url: one.url });
    const worker = await fleet.worker({ BULKWATCH_WEBHOOK_RETRIES: '1s' });
    await fleet.happen();
    await eventually(async () => expect(await states(id)).toEqual(['failed']), {
      timeoutMs: 10_000,
    });
    expect(one.posts).toHaveLength(2);
    expect(await worker.metrics.registry.metrics()).toContain(
      'bulkwatch_webhook_deliveries_total{outcome="failed"} 1',
    );

    code = 200;
    const replay = await fleet.store.webhooks.replay('default', id, { state: 'failed' });
    expect(replay).toEqual({ kind: 'replayed', count: 1 });
    await eventually(async () => expect(await states(id)).toEqual(['delivered']), {
      timeoutMs: 10_000,
    });
    expect(new Set(one.ids()).size).toBe(1);
  });

  it('of the past is posted when the stream is replayed, once for each replay', async () => {
    const one = await receiver();
    await fleet.happen();
    const since = new Date().toISOString();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await fleet.happen();
    const { id } = await fleet.endpoint({ url: one.url });
    await fleet.worker();

    const { replay } = fleet.store.webhooks;
    expect(await replay('default', id, { since })).toEqual({ kind: 'replayed', count: 1 });
    expect(await replay('default', id, { since: '0-0' })).toEqual({ kind: 'replayed', count: 2 });
    await eventually(() => expect(one.posts).toHaveLength(3));
    expect(new Set(one.ids()).size).toBe(2);
    expect(await replay('acme', id, { since: '0-0' })).toEqual({ kind: 'not-found' });
  });
});

describe('a receiver', () => {
  it('that asks for a wait is sent nothing of any event before that', async () => {
    const one = await receiver((_post, response, index) =>
      index === 0 ? response.writeHead(429, { 'Retry-After': '2' }).end() : response.end(),
    );
    await fleet.endpoint({ url: one.url });
    await fleet.worker();
    await fleet.happen();
    await eventually(() => expect(one.posts).toHaveLength(1));
    await fleet.happen();
    await fleet.happen();

    await eventually(() => expect(one.posts).toHaveLength(4), { timeoutMs: 12_000 });
    const [first = 0, ...rest] = one.posts.map(({ at }) => at);
    expect(Math.min(...rest) - first).toBeGreaterThanOrEqual(2_000);
  });

  it('that is gone is disabled at once, with one event that others can be sent', async () => {
    const [gone, watching] = [await receiver(status(410)), await receiver()];
    const { id } = await fleet.endpoint({ url: gone.url });
    await fleet.endpoint({ url: watching.url, types: ['bulkwatch.webhook.disabled'] });
    await fleet.worker();
    await fleet.happen();
    await eventually(() => expect(watching.posts).toHaveLength(1));

    expect(JSON.parse(watching.posts[0]?.body ?? '')).toMatchObject({
      type: 'bulkwatch.webhook.disabled',
      subject: id,
      data: {
        webhook: {
          endpointId: id,
          jobId: null,
          disabledReason: 'gone',
          lastReason: 'http-410',
          url: gone.url.replace(/token=.*/, '…'),
        },
      },
    });
    await fleet.happen();
    await eventually(async () => expect(await states(id)).toEqual(['held', 'held']));
    expect(gone.posts).toHaveLength(1);
    expect(await fleet.store.webhooks.replay('default', id, { state: 'held' })).toEqual({
      kind: 'disabled',
    });
  });

  it('gets a test also while it is disabled, once', async () => {
    const one = await receiver(status(500));
    const { id } = await fleet.endpoint({ url: one.url });
    await fleet.store.webhooks.amendEndpoint('default', id, { enabled: false });
    await fleet.worker();
    expect(await fleet.store.webhooks.test('acme', id)).toBeUndefined();
    const deliveryId = await fleet.store.webhooks.test('default', id);

    await eventually(async () =>
      expect(await log(id)).toMatchObject([
        { id: deliveryId, state: 'failed', type: 'bulkwatch.webhook.test', attemptCount: 1 },
      ]),
    );
    expect(JSON.parse(one.posts[0]?.body ?? '')).toMatchObject({
      data: { webhook: { endpointId: id } },
    });
    expect(await fleet.store.webhooks.endpoint('default', id)).toMatchObject({
      disabledReason: 'by-request',
      failingSince: null,
    });
  });

  it('knows posts by the old secret and by the new one while one replaces the other', async () => {
    const one = await receiver();
    const { id, secret } = await fleet.endpoint({ url: one.url });
    const rotated = await fleet.store.webhooks.rotateSecret('default', id, 60_000);
    await fleet.worker();
    await fleet.happen();
    await eventually(() => expect(one.posts).toHaveLength(1));

    const [post] = one.posts;
    expect(post?.headers['webhook-signature']).toBe(
      signWebhook(
        {
          id: String(post?.headers['webhook-id']),
          body: post?.body ?? '',
          secrets: [rotated?.secret ?? '', secret],
        },
        1000 * Number(post?.headers['webhook-timestamp']),
      )['webhook-signature'],
    );
  });
});
