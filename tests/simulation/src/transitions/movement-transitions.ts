import type { Transition } from './transition.js';

/** What moves a job: registration, claims, what a poll came to, and rescue. */
export const movementTransitions: Readonly<Record<string, Transition>> = {};
