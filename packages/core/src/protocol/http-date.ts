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

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

type Parts = Readonly<Record<string, string | undefined>>;

/** Day of the year and time of the day: all but the year. */
interface YearlessInstant {
  readonly month: number;
  readonly day: number;
  readonly timeMs: number;
}

function instantOf(parts: Parts, now: number): number | undefined {
  const instant = {
    month: months.indexOf(parts.month ?? ''),
    day: Number(parts.day),
    timeMs: timeOfDayMs(parts),
  };
  const year =
    parts.year === undefined
      ? yearOfShort(Number(parts.shortYear), instant, now)
      : Number(parts.year);
  return isCalendarDate(year, instant) ? epochMs(year, instant) : undefined;
}

/** NaN when the clock has no such time. A leap second (`:60`) is in the grammar and counts as the next second. */
function timeOfDayMs({ hour, minute, second }: Parts): number {
  const [h, m, s] = [Number(hour), Number(minute), Number(second)];
  return h < 24 && m < 60 && s <= 60 ? ((h * 60 + m) * 60 + s) * 1000 : Number.NaN;
}

/** The latest such year that is not more than 50 years ahead (RFC 9110 section 5.6.7). */
function yearOfShort(shortYear: number, instant: YearlessInstant, now: number): number {
  const latest = new Date(now).getUTCFullYear() + 50;
  const year = latest - ((latest - shortYear) % 100);
  return epochMs(year - 50, instant) > now ? year - 100 : year;
}

function isCalendarDate(year: number, { month: index, day, timeMs }: YearlessInstant): boolean {
  // Date.UTC reads years below 100 as 19xx; no header means those.
  return (
    year >= 100 &&
    index >= 0 &&
    day >= 1 &&
    Date.UTC(year, index, day) < Date.UTC(year, index + 1, 1) &&
    !Number.isNaN(timeMs)
  );
}

function epochMs(year: number, { month: index, day, timeMs }: YearlessInstant): number {
  return Date.UTC(year, index, day) + timeMs;
}
