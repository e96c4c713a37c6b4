import type { ExportScript } from '../export-script.js';

/** How a scenario is to be played. */
export interface ScenarioOptions {
  /** Stands in for every Retry-After that is a whole number of seconds; that of the real provider by default. */
  readonly retryAfterSeconds?: number | undefined;
}

/** What a good tracker makes of an export. Reasons are words of Bulkwatch; see docs/reasons.md. */
export interface ScenarioEnd {
  /** `open`: it is still tracked, however long one looks; `reason` is then that of the poll. */
  readonly state: 'completed' | 'failed' | 'cancelled' | 'abandoned' | 'open';
  readonly reason?: string;
  readonly outputCount?: number;
  readonly errorCount?: number;
  /** Whether the expiry of the files is a guess, by what is known of the provider. */
  readonly expiryAssumed?: boolean;
  /** Announcements of files before the export is complete. */
  readonly partials?: number;
}

/** An export that can be asked for by name. */
export interface Scenario {
  /** The provider, or the other protocol, whose ways it has: name of a preset. */
  readonly plays: string;
  /** What is special about it, in a sentence. */
  readonly tells: string;
  readonly script: (options?: ScenarioOptions) => ExportScript;
  readonly ends: ScenarioEnd;
  /** Reasons of the polls that fail on the way, in order: all of them, or the first ones where it is slow. */
  readonly meets?: readonly string[];
  /** It ends like this only if it is cancelled at the provider while it is in progress. */
  readonly cancelMidway?: true;
  /** It takes a good tracker longer than a minute, even with a short Retry-After. */
  readonly slow?: true;
}

export type Scenarios = Readonly<Record<string, Scenario>>;

/** One scenario for each row of a table, named `prefix/row`. */
export function family<Prefix extends string, Name extends string, Row>(
  prefix: Prefix,
  rows: Readonly<Record<Name, Row>>,
  scenarioOf: (row: Row, name: Name) => Scenario,
): Readonly<Record<`${Prefix}/${Name}`, Scenario>> {
  const names = Object.keys(rows) as Name[];
  return Object.fromEntries(
    names.map((name) => [`${prefix}/${name}`, scenarioOf(rows[name], name)]),
  ) as Record<`${Prefix}/${Name}`, Scenario>;
}
