import { Secret } from './secret.js';
import type { SettingRow } from './setting-row.js';
import { type Settings, settingsTable } from './settings-table.js';

/**
 * The settings that the service reads, for its first log line. A secret is shown as `[secret]`: whether it was
 * set is worth knowing, and no more.
 */
export function describeSettings(settings: Settings): Record<string, unknown> {
  const rows: readonly SettingRow[] = settingsTable;
  const values: Readonly<Record<string, unknown>> = settings;
  return Object.fromEntries(
    rows
      .filter((row) => row.services.includes(settings.service) && values[row.key] !== undefined)
      .map(({ key }) => [key, describeValue(values[key])]),
  );
}

/** A value as it may be shown. */
export function describeValue(value: unknown): unknown {
  if (value instanceof Secret) return String(value);
  // JSON has no word for it.
  if (value === Number.POSITIVE_INFINITY) return 'never';
  return value instanceof Map ? Object.fromEntries(value) : value;
}
