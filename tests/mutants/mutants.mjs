import { callers } from './callers.mjs';
import { containment } from './containment.mjs';
import { movement } from './movement.mjs';
import { politeness } from './politeness.mjs';
import { secrets } from './secrets.mjs';

/**
 * A way to break the house on purpose: `<name>.patch` beside this file.
 * @typedef {object} Mutant
 * @property {string} name
 * @property {number} promise number of the promise that it breaks, in docs/reliability.md
 * @property {string} breaks what is wrong then
 * @property {Partial<Record<'types' | 'unit' | 'simulation' | 'equivalence' | 'integration' | 'e2e' | 'chaos', string[]>>} tests
 *   which layers may notice, and the files of tests, or folders, that are asked there; for `simulation` and `chaos` the
 *   options of a run
 */

/** @type {readonly Mutant[]} */
export const mutants = [...movement, ...politeness, ...secrets, ...containment, ...callers];
