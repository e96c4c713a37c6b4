/**
 * A number as Redis 7 hands it from a script to a command: `%.17g` of C. Whole numbers come out plain; others with as many
 * digits as bring the same number back, trailing zeros dropped.
 */
export function argumentOf(value: number): string {
  if (Number.isSafeInteger(value)) return whole(value);
  return general(value, 17);
}

/** A number as Lua 5.1 joins it to a text with `..`, or makes it one: `%.14g` of C. */
export function textOf(value: number): string {
  if (Number.isSafeInteger(value) && Math.abs(value) < 1e14) return whole(value);
  return general(value, 14);
}

/** A number as Redis answers with it: its fraction is cut off, and there is but one zero. */
export const replyOf = (value: number): number => Math.trunc(value) + 0;

const whole = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

function general(value: number, digits: number): string {
  if (value === Infinity) return 'inf';
  if (value === -Infinity) return '-inf';
  if (Number.isNaN(value)) return 'nan';
  const [mantissa = '', exponent] = value.toPrecision(digits).split('e');
  const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  if (exponent === undefined) return short;
  const sign = exponent.startsWith('-') ? '-' : '+';
  return `${short}e${sign}${exponent.replace(/^[+-]/, '').padStart(2, '0')}`;
}
