import type { FetchFailure } from '@bulkwatch/core';
import type { Secret } from '@bulkwatch/runtime';

/** Where a credential's token is kept: under its name, and of use only with the same configuration. */
export interface TokenSlot {
  readonly name: string;
  readonly fingerprint: string;
}

/** A token as it is kept. What is left of its life is counted from the moment of the question. */
export interface KeptToken {
  readonly secret: Secret;
  /** Names this token among all that the credential ever had. */
  readonly generation: string;
  readonly renewInMs: number;
  readonly expiresInMs: number;
}

/** A span in which no token is asked for, since the last request failed. */
export interface KeptOutage {
  readonly failure: FetchFailure;
  /** How many failures in a row it was. */
  readonly count: number;
  /** 0 or less when it is over; its count goes on all the same. */
  readonly endsInMs: number;
}

export interface SlotReading {
  /** Another after every change. */
  readonly version: string;
  readonly token?: KeptToken;
  readonly outage?: KeptOutage;
  /** Whether the last token that a provider judged was refused: the present one has yet to be accepted. */
  readonly lastRefused: boolean;
  /** How long the one who is asking the token endpoint may take; 0 where nobody is asking. */
  readonly lockedForMs: number;
}

/** What came of asking the token endpoint; nothing when the process is about to end. */
export type TurnResult =
  | {
      readonly kind: 'token';
      readonly secret: Secret;
      readonly renewInMs: number;
      readonly expiresInMs: number;
    }
  | ({ readonly kind: 'outage' } & KeptOutage)
  | { readonly kind: 'nothing' };

/**
 * Where the processes of a fleet share each credential's one token, and take turns at its token endpoint. All
 * instants are judged by one clock, that of the vault. Every function rejects while the vault cannot serve.
 */
export interface TokenVault {
  read(slot: TokenSlot): Promise<SlotReading>;
  /**
   * Takes the turn to ask the token endpoint, for `lockMs` at most. False when somebody else has it, or the slot
   * is no longer as it was read.
   */
  lock(
    slot: TokenSlot,
    turn: { readonly nonce: string; readonly version: string; readonly lockMs: number },
  ): Promise<boolean>;
  /** Ends a turn; a token's generation is the nonce of its turn. False, and without effect, when it was lost. */
  settle(slot: TokenSlot, nonce: string, result: TurnResult): Promise<boolean>;
  /**
   * Takes a refused generation out of force. `replaced`: another is in force already, or about to be.
   * `too-soon`: it had itself just replaced a refused one, so another is not to be had before the pause is over.
   */
  drop(
    slot: TokenSlot,
    generation: string,
    pause: ReplacementPause,
  ): Promise<'dropped' | 'replaced' | 'too-soon'>;
  /**
   * Notes that a provider accepted this generation: it is not replaced for so long, and after that the pauses
   * begin anew.
   */
  confirm(slot: TokenSlot, generation: string, sparedMs: number): Promise<void>;
}

/** The pause after the n-th replacement in a row: doubles from the first to the longest. */
export interface ReplacementPause {
  readonly firstMs: number;
  readonly longestMs: number;
}
