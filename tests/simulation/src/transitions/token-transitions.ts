import type { Transition } from './transition.js';

/** The slots of access tokens. */
export const tokenTransitions: Readonly<Record<string, Transition>> = {};
