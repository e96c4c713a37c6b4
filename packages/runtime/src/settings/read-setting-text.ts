import { readFileSync } from 'node:fs';
import type { Parsed } from './setting-kinds.js';
import type { SettingRow } from './setting-row.js';

/** The environment as `process.env` has it. An empty text counts as unset. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Finds the text of a setting: in its variable or, where it is secret, in the file that its `_FILE` twin names
 * (the convention of the Docker images), less one trailing newline. Undefined when neither is set.
 */
export function readSettingText(row: SettingRow, env: Environment): Parsed<string | undefined> {
  const direct = env[row.env] || undefined;
  const file = row.secret ? env[`${row.env}_FILE`] || undefined : undefined;
  if (file === undefined) return { value: direct };
  if (direct !== undefined) return { problem: `is set together with ${row.env}_FILE: set one` };
  return readSecretFile(row, file);
}

function readSecretFile(row: SettingRow, file: string): Parsed<string> {
  try {
    const value = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    return value === '' ? { problem: `the file of ${row.env}_FILE is empty` } : { value };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return { problem: `the file of ${row.env}_FILE cannot be read (${code})` };
  }
}
