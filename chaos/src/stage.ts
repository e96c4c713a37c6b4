import { join } from 'node:path';
import { Redis } from 'ioredis';
import { type Dice, diceFrom } from './dice.js';
import { type MemoryWatch, watchMemory } from './evidence/watch-memory.js';
import { type House, startHouse } from './house/house.js';
import { type HouseSecrets, plantHouseSecrets } from './house/house-secrets.js';
import { type Ledger, openLedger } from './ledger.js';
import { type CallApi, createCaller, type OnAnswer } from './load/call-api.js';
import { type ChaosProvider, startChaosProvider } from './provider/chaos-provider.js';
import { type Subscriber, subscribeAll } from './subscribers/subscribe-all.js';
import { startWebhookReceiver, type WebhookReceiver } from './subscribers/webhook-receiver.js';

export interface StageOptions {
  readonly seed: number;
  /** A folder that is there, for everything that the run writes. */
  readonly folder: string;
  /** Where programs are looked for (`PATH`). */
  readonly path: string;
  /** Every answer of the api. */
  readonly onAnswer: OnAnswer;
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
  /** Dice for one thing, so that one thing more does not change all others. */
  dice(of: string): Dice;
  close(): Promise<void>;
}

/** Opens it. Whatever was opened is closed again where that fails. */
export async function openStage({ seed, folder, path, onAnswer }: StageOptions): Promise<Stage> {
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
    const parts = { folder, path, ledger, provider, secrets, webhookOrigin };
    const house = opened(await startHouse(parts), (one) => one.stop());
    const redis = opened(new Redis(house.redis.url, { maxRetriesPerRequest: null }), (one) =>
      one.disconnect(),
    );
    redis.on('error', () => undefined);
    const callApi = createCaller(house.apiUrl, onAnswer);
    const listening = { folder, receiver, callApi };
    const subscribers = await subscribeAll(house, listening, secrets.urlToken);
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
      dice,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A number of a text: FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}
