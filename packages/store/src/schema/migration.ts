import type { StoreContext } from '../store-context.js';

/**
 * How data of one schema becomes data of the next. It is done while processes of the new release work, page by page, by one
 * of them at a time; a page may be done again, or by two at once, and must be harmless then.
 */
export interface Migration {
  /** The schema that there is afterwards: one more than before. */
  readonly schema: number;
  /** A sentence for operators: what it does. */
  readonly what: string;
  /**
   * The oldest schema that a release has to know to work with the data from the beginning of the migration on. One less
   * than `schema` at most, so that whoever deployed a release can go back to the one before.
   */
  readonly readableBy: number;
  /** Ms after the first news of any process before which it does not begin: where some live that tell none. */
  readonly settleMs?: number;
  /** Does the page that begins there, '' being the first; returns where the next begins, or undefined at the end. */
  readonly migratePage: (context: StoreContext, from: string) => Promise<string | undefined>;
}

/** The schemas that a release knows, and how to come to the newest. */
export interface SchemaPlan {
  /** The oldest whose data it can work with. */
  readonly oldest: number;
  /** In order, without a gap. */
  readonly migrations: readonly Migration[];
  /** Ms for which the news of a process hold: who dies is believed to live for so long. */
  readonly newsMs: number;
}

/** The newest schema of a plan. */
export const newestOf = ({ oldest, migrations }: SchemaPlan): number =>
  migrations.at(-1)?.schema ?? oldest;

/** The schema that a release has to know to read what one with this plan writes. */
export const readableByOf = ({ migrations }: SchemaPlan): number =>
  Math.max(1, ...migrations.map(({ readableBy }) => readableBy));
