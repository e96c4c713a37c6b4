import type { Sealer } from './seal.js';

/** What re-sealing came to: for one sealed thing, or for all that a job has. */
export type ResealOutcome =
  | { readonly kind: 'nothing-sealed' | 'current' | 'resealed' | 'damaged' }
  | { readonly kind: 'missing'; readonly keyId: string };

/** A writer may come in between, and then it is read anew; not for ever. */
export const resealTriesMax = 10;

/** Why something that is sealed with this key did not open. */
export const unopenedOutcome = (sealer: Sealer, keyId: string): ResealOutcome =>
  sealer.has(keyId) ? { kind: 'damaged' } : { kind: 'missing', keyId };

/** From what says least of a job to what an operator has to know of it. */
const ranks: readonly ResealOutcome['kind'][] = [
  'nothing-sealed',
  'current',
  'resealed',
  'damaged',
  'missing',
];

/** The outcome for a job, of those for all that it has. */
export const outcomeOfAll = (outcomes: readonly ResealOutcome[]): ResealOutcome =>
  outcomes.reduce((worst, one) => (rankOf(one) > rankOf(worst) ? one : worst), {
    kind: 'nothing-sealed',
  });

const rankOf = ({ kind }: ResealOutcome): number => ranks.indexOf(kind);
