import { calendarInstant, yearlessInstant } from './calendar.js';

/**
 * Reads an instant written with its zone, in the forms that are met where an HTTP-date belongs:
 *
 * - `Mon, 2 Jun 2025 15:04:05 +0200`: RFC 5322 section 3.3, weekday, seconds and trailing comment optional;
 * - `2025-06-02T15:04:05.99+02:00`: ISO 8601 and RFC 3339, also with a space for the `T` or before the zone;
 * - `2025-06-02 15:04:05.99 +0200 CEST m=+0.5`: Go's `Time.String`, monotonic suffix included.
 *
 * The weekday and the zone's name are not held against the rest. Without a zone it is no instant.
 *
 * @returns epoch ms, rounded down; undefined for anything else, also for a date that no calendar has
 */
export function parseZonedDate(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed.length > longestDate) return undefined;
  const parts = (mailDate.exec(trimmed) ?? isoDate.exec(trimmed))?.groups;
  if (!parts) return undefined;
  const instant = calendarInstant(Number(parts.year), yearlessInstant(parts));
  const aheadMs = zoneOffsetMs(parts.zone);
  return instant === undefined || aheadMs === undefined ? undefined : instant - aheadMs;
}

/** Characters. No date of any of these forms comes near it. */
const longestDate = 128;

const mailDate = new RegExp(
  [
    '^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), ?)?',
    '(?<day>\\d{1,2}) (?<month>[A-Z][a-z]{2}) (?<year>\\d{4}) ',
    '(?<hour>\\d{2}):(?<minute>\\d{2})(?::(?<second>\\d{2}))? ',
    '(?<zone>GMT|UTC?|[+-]\\d{4})(?: \\([^()]*\\))?$',
  ].join(''),
);

const isoDate = new RegExp(
  [
    '^(?<year>\\d{4})-(?<month>\\d{2})-(?<day>\\d{2})[Tt ]',
    '(?<hour>\\d{2}):(?<minute>\\d{2})(?::(?<second>\\d{2})(?:\\.(?<fraction>\\d+))?)? ?',
    '(?<zone>[Zz]|GMT|UTC|[+-]\\d{2}(?::?\\d{2})?)',
    // What Go adds: the zone's name, which is an offset where the zone has none, and its monotonic clock.
    '(?: (?:[A-Z]{1,6}|[+-]\\d{2,4}))?(?: m=[+-]\\d+\\.\\d+)?$',
  ].join(''),
);

/** How far the zone is ahead of UTC, in ms; 0 for a name of UTC, undefined where no zone is that far. */
function zoneOffsetMs(zone = ''): number | undefined {
  const [, sign, hours, minutes = '0'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? [];
  if (sign === undefined) return 0;
  if (Number(hours) >= 24 || Number(minutes) >= 60) return undefined;
  return Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
