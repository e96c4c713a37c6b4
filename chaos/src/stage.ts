import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Canary } from '@bulkwatch/testkit';
import { Redis } from 'ioredis';
import { type Dice, diceFrom } from './dice.js';
import { type MemoryWatch, watchMemory } from './evidence/watch-memory.js';
import { type House, startHouse } from './house/house.js';
import { type HouseSecrets, plantHouseSecrets } from './house/house-secrets.js';
import { type Ledger, openLedger } from './ledger.js';
import { type CallApi, createCaller, type OnAnswer } from './load/call-api.js';
import { type ChaosProvider, startChaosProvider } from './provider/chaos-provider.js';
import type { Subject } from './subject.js';
import { type Subscriber, subscribeAll } from './subscribers/subscribe-all.js';
import { startWebhookReceiver, type WebhookReceiver } from './subscribers/webhook-receiver.js';

export interface StageOptions {
  readonly seed: number;
  /** What is put to the test. */
  readonly subject: Subject;
  /** A folder that is there, for everything that the run writes. */
  readonly folder: string;
  /** Where programs are looked for (`PATH`). */
  readonly path: string;
  /** Requests that a provider may have in flight; 8 by default, which its load reaches whenever it is slow. */
  readonly providerConcurrency?: number;
}

/** Everything that a run is played on. */
export interface Stage {
  readonly ledger: Ledger;
  readonly secrets: HouseSecrets;
  readonly provider: ChaosProvider;
  readonly receiver: WebhookReceiver;
  readonly house: House;
  /** Reaches Redis as nobody of the house does: without a proxy between. */
  readonly redis: Redis;
  readonly callApi: CallApi;
  readonly subscribers: readonly Subscriber[];
  readonly memory: MemoryWatch;
  readonly providerConcurrency: number;
  /** Every secret that was planted. */
  readonly canaries: readonly Canary[];
  /** Dice for one thing, so that one thing more does not change all others. */
  dice(of: string): Dice;
  close(): Promise<void>;
}

/** Opens it. Whatever was opened is closed again where that fails. */
export async function openStage(options: StageOptions): Promise<Stage> {
  const { seed, subject, folder, path, providerConcurrency = 8 } = options;
  const closings: (() => unknown)[] = [];
  const opened = <T>(one: T, close: (one: T) => unknown): T => {
    closings.unshift(() => close(one));
    return one;
  };
  const close = async (): Promise<void> => {
    for (const closing of closings.splice(0)) await closing();
  };
  const dice = (of: string): Dice => diceFrom(seed + hashOf(of));
  try {
    const ledger = opened(openLedger(join(folder, 'ledger.jsonl')), (one) => one.close());
    const secrets = plantHouseSecrets();
    const onSighting = (value: object & { exportId: string | null; origin: string }): void =>
      ledger.note({
        who: 'provider',
        op: 'sighting',
        type: 'ok',
        key: value.exportId ?? value.origin,
        value,
      });
    const provider = opened(await startChaosProvider({ seed, onSighting }), (one) => one.stop());
    const receiver = opened(await startWebhookReceiver(dice('webhooks')), (one) => one.stop());
    const webhookOrigin = receiver.origin;
    const parts = {
      subject,
      folder,
      path,
      ledger,
      provider,
      secrets,
      webhookOrigin,
      providerConcurrency,
    };
    const house = opened(await startHouse(parts), (one) => one.stop());
    const redis = opened(new Redis(house.redis.url, { maxRetriesPerRequest: null }), (one) =>
      one.disconnect(),
    );
    redis.on('error', () => undefined);
    const callApi = createCaller(house.apiUrl, keepAnswers(join(folder, 'answers')));
    const listening = { folder, receiver, callApi };
    const subscribers = subject.isWhole
      ? await subscribeAll(house, listening, secrets.urlToken)
      : [];
    const memory = opened(
      watchMemory(() => [
        ...house.parts.map(({ name, process }) => ({ name, pid: process.pid })),
        { name: 'redis', pid: house.redis.pid },
      ]),
      (one) => void one.stop(),
    );
    return {
      ledger,
      secrets,
      provider,
      receiver,
      house,
      redis,
      callApi,
      subscribers,
      memory,
      providerConcurrency,
      canaries: canariesOf({ house, provider, receiver, secrets }),
      dice,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function canariesOf({
  house,
  provider,
  receiver,
  secrets,
}: Pick<Stage, 'house' | 'provider' | 'receiver' | 'secrets'>): Canary[] {
  return [
    { name: 'secret in a URL', value: secrets.urlToken },
    { name: 'seal key', value: secrets.sealKey },
    { name: 'secret of a webhook', value: receiver.secret.replace('whsec_', '') },
    ...house.apiKeys.map(({ tenant, text }) => ({
      name: `API key of ${tenant}`,
      // What comes before is its id, which may be told.
      value: text.replace(/^bwk_[0-9a-f]{16}_/, ''),
    })),
    ...provider.canaries.map((value) => ({ name: 'client secret or access token', value })),
    // A plain queue is given neither keys nor webhooks.
  ].filter(({ value }) => value.length > 8);
}

/** Puts by what the api answers, but for the one answer that is to have a secret. */
const keepAnswers =
  (file: string): OnAnswer =>
  (place, text) => {
    if (place !== 'POST /v1/webhook-endpoints 201') appendFileSync(file, `${place}\n${text}\n`);
  };

/** A number of a text: FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}
