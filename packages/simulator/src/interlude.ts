import type { Answer } from './answer.js';

/** What can be interrupted: requests to status URLs and their pages, or requests for tokens. */
export type Interruptible = 'status' | 'token';

/**
 * Stands between clients and what they would be answered, for as long as somebody wants trouble. A status URL's
 * script takes its step only when `play` is called; a refusal for want of a token comes before any interlude.
 */
export type Interlude = (play: () => Answer) => Answer;

/** Who stands in between at the moment. */
export type Interludes = Partial<Record<Interruptible, Interlude>>;

/** The answer that is given in the end. */
export function interrupted(interlude: Interlude | undefined, play: () => Answer): Answer {
  return interlude === undefined ? play() : interlude(play);
}
