import type { Secret } from '@bulkwatch/runtime';
import { Dispatcher } from 'undici';

/**
 * An agent for what a secret says, such as the URL of a proxy: once that says something else, requests go by a new
 * agent, and those under way come to their end by the old one.
 */
export class FollowingAgent extends Dispatcher {
  readonly #secret: Secret;
  readonly #open: (text: string) => Dispatcher;
  #openedFor: string;
  #current: Dispatcher;

  constructor(secret: Secret, open: (text: string) => Dispatcher) {
    super();
    this.#secret = secret;
    this.#open = open;
    this.#openedFor = secret.reveal();
    this.#current = open(this.#openedFor);
  }

  override dispatch(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): boolean {
    const text = this.#secret.reveal();
    if (text !== this.#openedFor) {
      // Before the old one is closed: what cannot be opened leaves things as they are.
      const next = this.#open(text);
      this.#current.close().catch(() => undefined);
      [this.#openedFor, this.#current] = [text, next];
    }
    return this.#current.dispatch(options, handler);
  }

  override close(): Promise<void> {
    return this.#current.close();
  }

  override destroy(): Promise<void> {
    return this.#current.destroy();
  }
}
