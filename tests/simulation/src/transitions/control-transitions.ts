import type { Transition } from './transition.js';

/** What operators and subscribers ask for, and what becomes of settled jobs. */
export const controlTransitions: Readonly<Record<string, Transition>> = {};
