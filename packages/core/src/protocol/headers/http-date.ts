import {
  calendarInstant,
  type DateParts,
  epochMs,
  type YearlessInstant,
  yearlessInstant,
} from './calendar.js';

/**
 * Reads an HTTP-date in any of its three forms (RFC 9110 section 5.6.7): IMF-fixdate, RFC 850 and asctime.
 * The weekday is not held against the date, since servers get it wrong (Oracle's documented example does).
 *
 * @param text the header's value
 * @param now epoch ms; tells the century of the RFC 850 form's two-digit year
 * @returns epoch ms, or undefined for anything else, also for a date that no calendar has (31 February)
 */
export function parseHttpDate(text: string, now: number): number | undefined {
  const trimmed = text.trim();
  for (const form of [imfFixdate, rfc850Date, asctimeDate]) {
    const parts = form.exec(trimmed)?.groups;
    if (parts) return instantOf(parts, now);
  }
  return undefined;
}

const time = '(?<hour>\\d{2}):(?<minute>\\d{2}):(?<second>\\d{2})';
const shortDay = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const longDay = '(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day';
const month = '(?<month>[A-Z][a-z]{2})';

/** `Sun, 06 Nov 1994 08:49:37 GMT` */
const imfFixdate = new RegExp(`^${shortDay}, (?<day>\\d{2}) ${month} (?<year>\\d{4}) ${time} GMT$`);
/** `Sunday, 06-Nov-94 08:49:37 GMT` */
const rfc850Date = new RegExp(
  `^${longDay}, (?<day>\\d{2})-${month}-(?<shortYear>\\d{2}) ${time} GMT$`,
);
/** `Sun Nov  6 08:49:37 1994` */
const asctimeDate = new RegExp(`^${shortDay} ${month} (?<day>[ \\d]\\d) ${time} (?<year>\\d{4})$`);

function instantOf(parts: DateParts, now: number): number | undefined {
  const instant = yearlessInstant(parts);
  const year =
    parts.year === undefined
      ? yearOfShort(Number(parts.shortYear), instant, now)
      : Number(parts.year);
  return calendarInstant(year, instant);
}

/** The latest such year that is not more than 50 years ahead (RFC 9110 section 5.6.7). */
function yearOfShort(shortYear: number, instant: YearlessInstant, now: number): number {
  const latest = new Date(now).getUTCFullYear() + 50;
  const year = latest - ((latest - shortYear) % 100);
  return epochMs(year - 50, instant) > now ? year - 100 : year;
}
