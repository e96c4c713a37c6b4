import type { Clock, Secret } from '@bulkwatch/runtime';

/** One generation of a credential's access token. Its instants are ms of the monotonic clock. */
export interface AccessToken {
  readonly secret: Secret;
  readonly generation: string;
  readonly renewAt: number;
  readonly expiresAt: number;
  /** It came in place of a refused one, and it was not known to be accepted. */
  readonly isReplacement: boolean;
}

/** The token that this process holds of a credential, if it holds one. */
export interface TokenInHand {
  /** Undefined when it is time to renew it. */
  fresh(): AccessToken | undefined;
  /** Undefined when it has expired; until then it serves on while there is no newer one. */
  valid(): AccessToken | undefined;
  /** Whether it is of that generation. */
  isOf(generation: string): boolean;
  take(token: AccessToken): void;
  /** Lets go of it if it is of that generation. */
  drop(generation: string): void;
}

export function createTokenInHand(clock: Pick<Clock, 'monotonicMs'>): TokenInHand {
  let held: AccessToken | undefined;
  return {
    fresh: () => (held && clock.monotonicMs() < held.renewAt ? held : undefined),
    valid: () => (held && clock.monotonicMs() < held.expiresAt ? held : undefined),
    isOf: (generation) => held?.generation === generation,
    take(token) {
      held = token;
    },
    drop(generation) {
      if (held?.generation === generation) held = undefined;
    },
  };
}
