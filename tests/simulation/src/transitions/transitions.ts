import { controlTransitions } from './control-transitions.js';
import { movementTransitions } from './movement-transitions.js';
import { tokenTransitions } from './token-transitions.js';
import type { Transition } from './transition.js';

/** Every script that has a transition here, by the name of its file. */
export const transitions: Readonly<Record<string, Transition>> = {
  ...movementTransitions,
  ...controlTransitions,
  ...tokenTransitions,
};
