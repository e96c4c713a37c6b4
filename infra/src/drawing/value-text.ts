/** Values as Grafana writes them, for the units that our panels have. */

type Scale = readonly (readonly [from: number, divisor: number, suffix: string])[];

const seconds: Scale = [
  [86_400, 86_400, ' days'],
  [3600, 3600, ' hours'],
  [60, 60, ' mins'],
  [1, 1, ' s'],
  [0.001, 0.001, ' ms'],
  [0, 0.000_001, ' µs'],
];
const counts: Scale = [
  [1e9, 1e9, ' Bil'],
  [1e6, 1e6, ' Mil'],
  [1e3, 1e3, ' K'],
  [0, 1, ''],
];
const bytes: Scale = [
  [2 ** 30, 2 ** 30, ' GiB'],
  [2 ** 20, 2 ** 20, ' MiB'],
  [2 ** 10, 2 ** 10, ' KiB'],
  [0, 1, ' B'],
];

const writers: Readonly<Record<string, (value: number) => string>> = {
  s: (value) => (value === 0 ? '0 s' : scaled(value, seconds)),
  bytes: (value) => scaled(value, bytes),
  percentunit: (value) => `${short(value * 100)}%`,
  reqps: (value) => `${scaled(value, counts)} req/s`,
  cps: (value) => `${scaled(value, counts)} c/s`,
  bool_yes_no: (value) => (value === 0 ? 'No' : 'Yes'),
  short: (value) => scaled(value, counts),
  none: (value) => short(value),
};

/** A value in one of Grafana's units. Throws for a unit that no panel of ours had so far. */
export function valueText(value: number, unit: string): string {
  const write = writers[unit];
  if (write === undefined) throw new Error(`Nobody has said how ${unit} is written.`);
  return write(value);
}

function scaled(value: number, scale: Scale): string {
  const size = Math.abs(value);
  const [, divisor, suffix] = scale.find(([from]) => size >= from) ?? [0, 1, ''];
  return `${short(value / divisor)}${suffix}`;
}

/** Three digits that count. */
const short = (value: number): string => String(Number(value.toPrecision(3)));
