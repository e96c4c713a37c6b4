import { crossCheck } from './cross-checks.js';
import { nearestName } from './nearest-name.js';
import { type Environment, readSettingText } from './read-setting-text.js';
import { Secret } from './secret.js';
import type { Parsed } from './setting-kinds.js';
import type { SettingReader, SettingRow } from './setting-row.js';
import { SettingsError, type SettingsProblem } from './settings-error.js';
import { type Settings, type SettingValues, settingsTable } from './settings-table.js';

const rows: readonly SettingRow[] = settingsTable;

/**
 * Reads the settings of a service. What only another reads is left alone, so that all can share
 * one environment file.
 *
 * @throws SettingsError with every problem at once: values that are missing or cannot be used, values that do
 * not go together, and unknown `BULKWATCH_*` names, which are most likely misspelt.
 */
export function loadSettings(service: SettingReader, env: Environment): Settings {
  const { values, problems } = readSettings([service], env);
  if (problems.length > 0) throw new SettingsError(problems);
  return Object.freeze({ ...(values as SettingValues), service });
}

/** What could be read of the settings that any of these read, and everything that is wrong with them. */
export function readSettings(
  readers: readonly SettingReader[],
  env: Environment,
): { readonly values: Partial<SettingValues>; readonly problems: readonly SettingsProblem[] } {
  const problems: SettingsProblem[] = unknownNames(env);
  const values: Record<string, unknown> = {};
  for (const row of rows) {
    const isRead = row.services.some((service) => readers.includes(service));
    const read = isRead ? readSetting(row, env) : readDefault(row);
    if ('problem' in read) problems.push({ env: row.env, message: read.problem });
    else if (read.value !== undefined) values[row.key] = read.value;
  }
  problems.push(...crossCheck(values));
  return { values, problems };
}

/** Reads one row. Undefined where it is optional and unset. */
function readSetting(row: SettingRow, env: Environment): Parsed<unknown> {
  const text = readSettingText(row, env);
  if ('problem' in text) return text;
  if (text.value !== undefined) return parseAs(row, text.value);
  if (!row.required) return readDefault(row);
  const example = row.example === undefined ? '' : `, such as ${row.example}`;
  return { problem: `must be set: ${row.kind.accepts}${example}` };
}

function readDefault(row: SettingRow): Parsed<unknown> {
  return row.default === undefined ? { value: undefined } : parseAs(row, row.default);
}

function parseAs(row: SettingRow, text: string): Parsed<unknown> {
  const parsed = row.kind.parse(text);
  return row.secret && 'value' in parsed ? { value: new Secret(text) } : parsed;
}

function unknownNames(env: Environment): SettingsProblem[] {
  const known = rows.flatMap((row) => (row.secret ? [row.env, `${row.env}_FILE`] : [row.env]));
  return Object.keys(env)
    .filter((name) => name.startsWith('BULKWATCH_') && env[name] && !known.includes(name))
    .map((name) => {
      const near = nearestName(name, known);
      return { env: name, message: `is no setting${near ? `; did you mean ${near}?` : ''}` };
    });
}
