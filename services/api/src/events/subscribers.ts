import { once } from 'node:events';
import type { metricsTable, Settings } from '@bulkwatch/runtime';
import type { Response } from 'express';
import type { Reporter } from '../reporter.js';

/** Why a subscriber's connection ended, as the metric has it. */
export type EndCause = Extract<
  (typeof metricsTable)[number],
  { readonly key: 'apiSubscribersEndedTotal' }
>['labels']['cause'][number];

/** Somebody who is sent events over one connection. */
export interface Subscriber {
  /** Aborted when the connection has ended, whoever ended it. */
  readonly ended: AbortSignal;
  /** Sends, unless the subscriber takes too little of what it was sent before: then it is dropped. */
  send(messages: readonly Uint8Array[]): void;
  /** Whether what was sent is on its way. */
  readonly isDrained: boolean;
  /** Waits for that; drops a subscriber that takes too long for it. */
  drained(): Promise<void>;
  end(cause: EndCause): void;
}

/** All subscribers of this process. */
export interface Subscribers {
  /** Takes a response for events; undefined where there are too many already. */
  open(response: Response): Subscriber | undefined;
  /** True once `stop` was called: whoever comes now has to go elsewhere. */
  readonly stopped: boolean;
  /** Ends all of them at once. */
  stop(): void;
}

interface SubscribersParts {
  readonly settings: Pick<Settings, 'apiSubscribersMax' | 'apiSubscriberBufferBytes'>;
  readonly reporter: Pick<Reporter, 'subscriberEnded' | 'subscriberRefused' | 'subscribersCounted'>;
}

/** For so long a subscriber may take in what it asked for of the past, a page at a time. */
const drainMs = 30_000;

export function createSubscribers({ settings, reporter }: SubscribersParts): Subscribers {
  const all = new Set<Subscriber>();
  let stopped = false;

  return {
    open(response) {
      if (all.size >= settings.apiSubscribersMax) {
        reporter.subscriberRefused();
        return undefined;
      }
      const subscriber = subscribe(response, settings.apiSubscriberBufferBytes, (cause) => {
        all.delete(subscriber);
        reporter.subscriberEnded(cause);
        reporter.subscribersCounted(all.size);
      });
      all.add(subscriber);
      reporter.subscribersCounted(all.size);
      return subscriber;
    },
    get stopped() {
      return stopped;
    },
    stop() {
      stopped = true;
      for (const subscriber of all) subscriber.end('stopping');
    },
  };
}

function subscribe(
  response: Response,
  bufferMaxBytes: number,
  onEnd: (cause: EndCause) => void,
): Subscriber {
  const ending = new AbortController();
  const { signal: ended } = ending;

  const end = (cause: EndCause): void => {
    if (ended.aborted) return;
    ending.abort();
    onEnd(cause);
    // What is half sent does not count as a message, so nobody has to wait until a slow reader has taken it.
    if (response.writableLength > 0) response.destroy();
    else response.end();
  };
  response.once('close', () => end('hung-up'));

  return {
    ended,
    send(messages) {
      if (ended.aborted) return;
      // Looked at before and not after, so that one large event drops nobody.
      if (response.writableLength > bufferMaxBytes) return end('slow');
      response.cork();
      for (const message of messages) response.write(message);
      response.uncork();
    },
    get isDrained() {
      return !response.writableNeedDrain;
    },
    async drained() {
      if (ended.aborted || !response.writableNeedDrain) return;
      const tooLong = setTimeout(() => end('slow'), drainMs);
      await once(response, 'drain', { signal: ended }).catch(() => undefined);
      clearTimeout(tooLong);
    },
    end,
  };
}
