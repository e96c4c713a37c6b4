import { readToken } from './read-token.js';
import { confirmToken, dropToken } from './token-refusal.js';
import { lockToken, settleToken } from './token-turn.js';
import type { Transition } from './transition.js';

/** The slots of access tokens. */
export const tokenTransitions: Readonly<Record<string, Transition>> = {
  'read-token': readToken,
  'lock-token': lockToken,
  'settle-token': settleToken,
  'drop-token': dropToken,
  'confirm-token': confirmToken,
};
