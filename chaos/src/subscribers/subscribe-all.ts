import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { finalTypes } from '../evidence/dump.js';
import type { House } from '../house/house.js';
import type { CallApi } from '../load/call-api.js';
import { readSeen, type SeenEvent } from './seen-file.js';
import type { WebhookReceiver } from './webhook-receiver.js';

/** Somebody who is to see every event of some tenants, at least once. */
export interface Subscriber {
  readonly name: 'stream' | 'sse' | 'webhook';
  /** Whose events; null: those of all tenants. */
  readonly tenant: string | null;
  /** Whether events of a job come in the order in which they happened. */
  readonly keepsOrder: boolean;
  seen(): readonly SeenEvent[];
}

const mainOf = (name: string): string =>
  fileURLToPath(new URL(`./${name}-main.js`, import.meta.url));

/** Starts one of each way of subscribing: the stream for all tenants, Server-Sent Events for one, a webhook for another. */
export async function subscribeAll(
  house: House,
  { folder, receiver, callApi }: { folder: string; receiver: WebhookReceiver; callApi: CallApi },
  urlToken: string,
): Promise<Subscriber[]> {
  const [hooked, sent] = house.apiKeys;
  if (hooked === undefined || sent === undefined) throw new Error('two tenants are needed');
  const file = (name: string): string => join(folder, name);
  await writeFile(file('sse.key'), sent.text, { mode: 0o600 });
  const stream = file('stream.seen');
  const sse = file('sse.seen');
  await house.listen('stream-subscriber', [mainOf('stream'), house.redis.url, stream]);
  await house.listen('sse-subscriber', [
    mainOf('sse'),
    house.apiUrl,
    file('sse.key'),
    sse,
    file('sse.position'),
  ]);
  const url = `${receiver.origin}/events?sig=${urlToken}`;
  const call = {
    method: 'POST',
    path: '/v1/webhook-endpoints',
    body: { url, types: [...finalTypes] },
  } as const;
  const made = await callApi(hooked, call);
  if (made.outcome !== 'ok') throw new Error(`no webhook endpoint: ${made.status}`);
  receiver.secret = (JSON.parse(made.text) as { secret: string }).secret;
  return [
    { name: 'stream', tenant: null, keepsOrder: false, seen: () => readSeen(stream) },
    { name: 'sse', tenant: sent.tenant, keepsOrder: true, seen: () => readSeen(sse) },
    { name: 'webhook', tenant: hooked.tenant, keepsOrder: false, seen: () => receiver.seen },
  ];
}
