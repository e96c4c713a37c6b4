/** What a date pattern's named groups matched. A month is a number from 1, or the first letters of its name. */
export type DateParts = Readonly<Record<string, string | undefined>>;

/** Day of the year and time of the day: all but the year. `timeMs` is NaN when no clock shows that time. */
export interface YearlessInstant {
  readonly month: number;
  readonly day: number;
  readonly timeMs: number;
}

/** Epoch ms of an instant of UTC's calendar; undefined for one that it does not have (31 February, 24:00). */
export function calendarInstant(year: number, instant: YearlessInstant): number | undefined {
  return isCalendarDate(year, instant) ? epochMs(year, instant) : undefined;
}

/** The parts but for the year, unchecked: {@link calendarInstant} does that. */
export function yearlessInstant(parts: DateParts): YearlessInstant {
  return { month: monthOf(parts.month), day: Number(parts.day), timeMs: timeOfDayMs(parts) };
}

/** Epoch ms, rolled over into the next month where the month is too short for the day. */
export function epochMs(year: number, { month, day, timeMs }: YearlessInstant): number {
  return Date.UTC(year, month, day) + timeMs;
}

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

function monthOf(text = ''): number {
  return /^\d+$/.test(text) ? Number(text) - 1 : months.indexOf(text);
}

/** A leap second (`:60`) is in every grammar and counts as the next second. What is below 1 ms is cut off. */
function timeOfDayMs({ hour, minute, second = '0', fraction = '' }: DateParts): number {
  const [h, m, s] = [Number(hour), Number(minute), Number(second)];
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'));
  return h < 24 && m < 60 && s <= 60 ? ((h * 60 + m) * 60 + s) * 1000 + ms : Number.NaN;
}

function isCalendarDate(year: number, { month, day, timeMs }: YearlessInstant): boolean {
  // Date.UTC reads years below 100 as 19xx; no header means those.
  return (
    year >= 100 &&
    month >= 0 &&
    month < 12 &&
    day >= 1 &&
    Date.UTC(year, month, day) < Date.UTC(year, month + 1, 1) &&
    !Number.isNaN(timeMs)
  );
}
