import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type Redis, ReplyError } from 'ioredis';
import { connect } from '../connection.js';
import { keys } from '../keys.js';
import type { RedisServer } from '../redis/redis-server.js';
import { ask, type StoreContext } from '../store-context.js';
import { webhookKeys } from './webhook-keys.js';
import { webhookScripts } from './webhook-scripts.js';

/** An entry of the event stream; `json` is undefined where it is none of ours. */
export interface FeedEntry {
  readonly id: string;
  readonly json: string | undefined;
}

/**
 * The event stream, as all workers together read it for webhooks: each entry is given to one of them, and to another
 * when it is not acknowledged in time. Rejects with StoreUnavailableError while Redis cannot serve.
 */
export interface WebhookFeed {
  /** Waits a second for what nobody was given yet. Undefined where no webhook has ever been made; then it waits for nothing. */
  readNew(): Promise<readonly FeedEntry[] | undefined>;
  /** Takes over what somebody, we included, was given long ago and did not acknowledge. Undefined as for `readNew`. */
  readForgotten(): Promise<readonly FeedEntry[] | undefined>;
  acknowledge(ids: readonly string[]): Promise<void>;
  /** Leaves the group, where nothing is pending with us, and closes the connection. */
  close(): Promise<void>;
}

const group = 'bulkwatch-webhooks';
const groupKeys = { webhooks: webhookKeys.webhooks, events: keys.events };
const entriesMax = 100;
const waitMs = 1_000;
/** Far longer than recording a batch takes. */
const forgottenMs = 15_000;
/** Members with nothing pending that were not seen for so long are taken out of the group. */
const absentMs = 3_600_000;
/** After so long without an answer a connection is taken for lost: a network may drop it and say nothing. */
const answerWithinMs = 10_000;

/** Opens its own connection once there is something to read: Redis holds a reader until there is news. */
export function createWebhookFeed(
  { redis, onProblem }: Pick<StoreContext, 'redis' | 'onProblem'>,
  server: RedisServer,
): WebhookFeed {
  /** A consumer, in Redis's words. */
  const member = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  const asked = ['COUNT', entriesMax] as const;
  const readNew = ['GROUP', group, member, ...asked, 'BLOCK', waitMs, 'STREAMS', keys.events, '>'];
  const takeOver = [keys.events, group, member, forgottenMs, '0-0', ...asked];
  let reader: Redis | undefined;
  let hasGroup = false;

  const tidy = (leaving: string) =>
    webhookScripts.tidyFeed(redis, groupKeys, { idleMs: absentMs, leaving });

  const open = async (): Promise<Redis | undefined> => {
    if (!hasGroup) {
      const [kind] = await webhookScripts.openFeed(redis, groupKeys, {});
      if (kind !== 'open') return undefined;
      hasGroup = true;
    }
    reader ??= connect(server, 'worker', onProblem, { commandTimeout: answerWithinMs });
    return reader;
  };

  /** Whatever goes wrong, the group is looked for again, and a connection that does not answer is made anew. */
  const forget = (error: unknown): void => {
    hasGroup = false;
    if (!(error instanceof (ReplyError as new () => Error))) reader?.disconnect(true);
  };

  const asking = async <T>(command: (reader: Redis) => Promise<T>): Promise<T | undefined> => {
    const connection = await open();
    if (!connection) return undefined;
    try {
      return await command(connection);
    } catch (error) {
      forget(error);
      if (error instanceof Error && error.message.startsWith('NOGROUP')) return undefined;
      return ask(Promise.reject(error));
    }
  };

  return {
    async readNew() {
      const reply = await asking(async (connection) => ({
        streams: (await connection.call('XREADGROUP', ...readNew)) as [string, RawEntry[]][] | null,
      }));
      return reply && (reply.streams?.[0]?.[1] ?? []).map(entryOf);
    },

    async readForgotten() {
      const reply = (await asking((connection) => connection.call('XAUTOCLAIM', ...takeOver))) as
        | [string, (RawEntry | null)[]]
        | undefined;
      if (!reply) return undefined;
      await tidy('');
      return reply[1].filter((entry) => entry !== null).map(entryOf);
    },

    async acknowledge(ids) {
      if (ids.length > 0) await ask(redis.xack(keys.events, group, ...ids));
    },

    async close() {
      const isReading = reader !== undefined;
      reader?.disconnect();
      if (!isReading) return;
      // An hour later somebody else does it.
      await tidy(member).catch(() => undefined);
    },
  };
}

type RawEntry = [id: string, fields: string[] | null];

const entryOf = ([id, fields]: RawEntry): FeedEntry => ({
  id,
  json: fields?.[0] === 'event' ? fields[1] : undefined,
});
