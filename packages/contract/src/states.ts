/**
 * States of a tracked job, in the order in which they can be reached. Final states never change.
 * Poll health is separate on purpose: a poll that fails says nothing about the export.
 */
export const jobStates = [
  'registered',
  'in-progress',
  'completed',
  'failed',
  'cancelled',
  'abandoned',
] as const;
export type JobState = (typeof jobStates)[number];

export const openStates = ['registered', 'in-progress'] as const satisfies readonly JobState[];
export const finalStates = [
  'completed',
  'failed',
  'cancelled',
  'abandoned',
] as const satisfies readonly JobState[];
export type FinalState = (typeof finalStates)[number];

/** How polling goes, as opposed to how the export goes. */
export const pollHealths = [
  'ok',
  'rate-limited',
  'unreachable',
  'auth-blocked',
  'provider-error',
  'stalled',
  'paused',
] as const;
export type PollHealth = (typeof pollHealths)[number];

/** Protocols a status URL can speak. */
export const protocols = ['fhir-bulk'] as const;
export type Protocol = (typeof protocols)[number];
