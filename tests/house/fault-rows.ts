import { textOf } from './house-files.js';

/**
 * A row of the list of faults (A processes, B Redis, C network, D providers, E callers), and the test that does it once. A row may come
 * several times, with a test each. One without a test has none yet. docs/reliability.md shows them.
 */
export interface FaultRow {
  readonly row: string;
  readonly what: string;
  readonly file?: string;
  /** Of the test, or a part of it, as it stands in the file. */
  readonly title?: string;
}

/** JSON, because scripts read it too. */
export const faultRows = JSON.parse(textOf('tests/house/fault-rows.json')) as readonly FaultRow[];
