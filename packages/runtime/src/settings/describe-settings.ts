import { maskUrl } from '../logging/mask-url.js';
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

/** A value as it may be shown. A URL may hold a key or a user, though it is no place for one. */
export function describeValue(value: unknown): unknown {
  if (value instanceof Secret) return String(value);
  // JSON has no word for it.
  if (value === Number.POSITIVE_INFINITY) return 'never';
  if (typeof value === 'string' && isMaskable(value)) return maskUrl(value);
  return value instanceof Map ? Object.fromEntries(value) : value;
}

/** Whether it is a URL that shows more than where it leads. What is masked otherwise stays as it was written. */
function isMaskable(text: string): boolean {
  const url =
    /^[a-z][a-z0-9+.-]*:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && (url.search !== '' || url.username !== '' || url.password !== '');
}
