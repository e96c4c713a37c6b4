import type { eventStream, Reset } from '@bulkwatch/contract';
import {
  type DeliveryOptions,
  longestMs,
  readDeliveryOptions,
} from '../events/delivery-options.js';
import { type EventName, type ExportEventName, typeFilter } from '../events/event-types.js';
import type { RedisCluster, RedisConnection } from './redis-connection.js';

export interface SubscribeOptions<Name extends EventName = ExportEventName>
  extends DeliveryOptions<Name> {
  /**
   * A connection of ioredis: to a single Redis, by Sentinels, or to a cluster (`Cluster`). It is not used itself: two others
   * are made after it, and closed in the end.
   */
  readonly redis: RedisConnection | RedisCluster;
  /** The stream to read; that of all tenants by default. */
  readonly stream?: string | undefined;
  /** The consumer group. Each event goes to one of its members. */
  readonly group: string;
  /**
   * The name of this member of the group (consumer, in Redis's words), which no other one may have at the same time, such
   * as that of the pod. Whoever starts again under its name goes on at once with what it left. A random one by default.
   */
  readonly member?: string | undefined;
  /** Where a new group begins: with what is to come, with all that is kept, or after an entry. One that is there goes on. */
  readonly from: 'new' | 'start' | (string & {});
  /** Where events are put that could not be handled; `<stream>:dead-letters:<group>` by default. */
  readonly deadLetterStream?: string | undefined;
  /** How many events are handled at the same time, 1 to 100; 1 by default, which keeps their order. */
  readonly concurrency?: number | undefined;
  /** After how long, in milliseconds, what a member has left is taken over by another; 60,000 by default. */
  readonly takeOverMs?: number | undefined;
  /**
   * Told where events that no member was given may be gone, as they are not kept any more; it goes on with the oldest one
   * that is. What was missed is found by `eachJob`. Looked for at the beginning and four times in `takeOverMs`.
   * When it rejects, it is told again.
   */
  readonly onReset?: ((reset: Reset) => unknown) | undefined;
}

/** The literal of the contract, which is here as types alone. */
const wholeStream: typeof eventStream = '{bulkwatch}:events';

export type Subscription = ReturnType<typeof readSubscribeOptions>;

/** Reads the options. Throws a TypeError where they cannot be meant so. */
export function readSubscribeOptions<Name extends EventName>(options: SubscribeOptions<Name>) {
  const { redis, group, member, from, types, signal, onReset } = options;
  const { stream = wholeStream, deadLetterStream = `${stream}:dead-letters:${group}` } = options;
  const { concurrency = 1, takeOverMs = 60_000 } = options;
  if (group === '' || member === '') throw new TypeError('group and member must not be empty');
  if (!/^(new|start|\d{1,15}(-\d{1,15})?)$/.test(from))
    throw new TypeError("from must be 'new', 'start' or the id of an entry");
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 100)
    throw new TypeError('concurrency must be 1 to 100');
  if (!Number.isInteger(takeOverMs) || takeOverMs < 100 || takeOverMs > longestMs)
    throw new TypeError(`takeOverMs must be 100 to ${longestMs}`);
  return {
    ...readDeliveryOptions(options),
    redis,
    membership: { stream, group, member: member ?? crypto.randomUUID(), deadLetterStream },
    /** A name that was made for this time only is of no use to anybody afterwards. */
    leaves: member === undefined,
    startId: from === 'new' ? '$' : from === 'start' ? '0' : from,
    wants: typeFilter(types),
    signal,
    concurrency,
    takeOverMs,
    onReset,
  };
}
