import { describeValue } from './describe-settings.js';
import { readSettings } from './load-settings.js';
import type { Environment } from './read-setting-text.js';
import type { SettingReader, SettingRow } from './setting-row.js';
import type { SettingsProblem } from './settings-error.js';
import { type SettingValues, settingsTable } from './settings-table.js';

/** Where the text of a setting comes from; `unset` where it is optional and nobody gave it. */
export type SettingSource = 'variable' | 'file' | 'default' | 'unset';

/** One setting as it stands: fit to show, since a secret shows only that it is set. */
export interface InspectedSetting {
  readonly env: string;
  readonly source: SettingSource;
  /** Undefined where it is unset, or cannot be used. */
  readonly value: unknown;
  /** Of a value that is a number. */
  readonly unit?: 'ms' | 'bytes';
  /** The programs that read it. */
  readonly services: readonly SettingReader[];
}

export interface SettingsInspection {
  readonly settings: readonly InspectedSetting[];
  /** What could be read; a setting with a problem is missing. */
  readonly values: Partial<SettingValues>;
  readonly problems: readonly SettingsProblem[];
}

/** Looks at the settings that any of these read, without failing where they cannot be used. */
export function inspectSettings(
  readers: readonly SettingReader[],
  env: Environment,
): SettingsInspection {
  const { values, problems } = readSettings(readers, env);
  const read: Readonly<Record<string, unknown>> = values;
  const settings = rows
    .filter((row) => row.services.some((service) => readers.includes(service)))
    .map((row) => ({
      env: row.env,
      source: sourceOf(row, env),
      value: describeValue(read[row.key]),
      ...(row.kind.unit !== undefined && { unit: row.kind.unit }),
      services: row.services,
    }));
  return { settings, values, problems };
}

const rows: readonly SettingRow[] = settingsTable;

function sourceOf(row: SettingRow, env: Environment): SettingSource {
  if (env[row.env]) return 'variable';
  if (row.secret && env[`${row.env}_FILE`]) return 'file';
  return row.default === undefined ? 'unset' : 'default';
}
