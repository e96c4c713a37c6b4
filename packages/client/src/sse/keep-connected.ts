import { backOffMs, mayPass } from '../back-off.js';
import type { OnProblem } from '../events/deliver.js';
import { retryAfterMsOf } from '../send.js';
import { sleep } from '../sleep.js';
import type { EventCalls, StreamOptions } from './event-calls.js';
import type { Message } from './read-messages.js';

/** After a connection that ended as it should; up to twice as long, so that not all subscribers come again at once. */
const restMs = 1_000;

/**
 * The messages of one connection after the other, until the signal aborts. Rejects where the api refuses for good.
 *
 * @param asked what to ask for, each time anew
 */
export async function* keepConnected(
  client: EventCalls,
  asked: () => StreamOptions,
  signal: AbortSignal,
  onProblem: OnProblem,
): AsyncGenerator<Message, void, void> {
  for (let tries = 0; !signal.aborted; ) {
    let waitMs = restMs + Math.random() * restMs;
    try {
      for await (const message of client.streamMessages({ ...asked(), signal })) {
        tries = 0;
        yield message;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!mayPass(error)) throw error;
      onProblem('connection', error);
      tries += 1;
      waitMs = backOffMs(tries, retryAfterMsOf(error), Math.random());
    }
    await sleep(waitMs, signal).catch(() => undefined);
  }
}
