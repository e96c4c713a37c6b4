import { backOffMs } from '../back-off.js';
import type { EventName, ExportEventName } from '../events/event-types.js';
import { createStop, type Stop } from '../events/stop.js';
import { sleep } from '../sleep.js';
import { type EventGroup, eventGroup } from './event-group.js';
import { type Holding, holdEntries } from './hold-entries.js';
import { isRefusal, openSession, type Session } from './redis-connection.js';
import {
  readSubscribeOptions,
  type SubscribeOptions,
  type Subscription,
} from './subscribe-options.js';
import { takeEntries } from './take-entries.js';

/** Refusals that do not pass by themselves. */
const lasting = ['NOPERM', 'NOAUTH', 'WRONGPASS', 'WRONGTYPE'];
/** A session that was good for that long does not make the wait for the next one longer. */
const longMs = 30_000;

/**
 * Gives the events of a stream to a handler, each to one member of the group, and at least once: an event is acknowledged
 * after the handler has resolved. What this member or a dead one has left comes before what is new. Outlasts restarts of
 * Redis.
 *
 * Resolves when `signal` has aborted and what was being handled then is done, or `stopWithinMs` is over. Rejects with
 * Redis's error where it refuses for good, such as for a missing permission, and with a TypeError for options that cannot be meant so.
 */
export async function subscribe<const Name extends EventName = ExportEventName>(
  options: SubscribeOptions<Name>,
): Promise<void> {
  const subscription = readSubscribeOptions(options);
  const { redis, membership, rules, takeOverMs } = subscription;
  const stop = createStop(subscription.signal, subscription.stopWithinMs);
  const holding = holdEntries(subscription, stop);
  const renewal = setInterval(() => void holding.renew(), takeOverMs / 3);
  let session: Session | undefined;
  stop.over.addEventListener('abort', () => session?.close(), { once: true });
  let startId = subscription.startId;
  try {
    for (let tries = 1, losses = 0; !stop.asked.aborted; tries += 1) {
      const startedMs = performance.now();
      session = openSession(redis, membership.stream);
      const group = eventGroup(membership, session);
      try {
        await group.ensure(startId);
        // Where the group is missing from now on, Redis has lost it, and where it stood.
        startId = '0';
        await runSession({ subscription, holding, stop, group, session });
        await holding.settled();
        if (subscription.leaves && losses === 0) await group.leave().catch(() => undefined);
      } catch (error) {
        losses += 1;
        session.close(error);
        const why = session.lost();
        if (isRefusal(why, ...lasting)) throw why;
        rules.onProblem('connection', why);
        if (performance.now() - startedMs > longMs) tries = 1;
        await sleep(backOffMs(tries, 0, Math.random()), stop.asked).catch(() => undefined);
      }
    }
  } finally {
    stop.ask(undefined);
    await holding.settled();
    clearInterval(renewal);
    session?.close();
    stop.dispose();
  }
}

interface SessionParts {
  readonly subscription: Subscription;
  readonly holding: Holding;
  readonly stop: Stop;
  readonly group: EventGroup;
  readonly session: Session;
}

/** Takes entries and has them dealt with, until nothing new is to be begun. Rejects when the session is lost. */
async function runSession(parts: SessionParts): Promise<void> {
  const { subscription, holding, stop, group, session } = parts;
  await holding.begin(group, (error) => session.close(error));
  const take = takeEntries(subscription, { group, session }, holding);
  while (!stop.asked.aborted) {
    await holding.untilRoom();
    if (stop.asked.aborted) return;
    for (const entry of await take()) holding.add(entry);
  }
}
