import { ipVersion } from '../ip-version.js';
import { canonicalOrigin, canonicalOriginPattern } from './origin-pattern.js';

/** A text understood, or what was expected instead. A problem never repeats the text: it may be secret. */
export type Parsed<T> = { readonly value: T } | { readonly problem: string };

/** A kind of setting: how its text is read, and how documentation and problems speak of it. */
export interface SettingKind<T> {
  /** Unit of the parsed value. */
  readonly unit?: 'ms' | 'bytes';
  /** What is accepted: "a duration from 1s to 10m". */
  readonly accepts: string;
  readonly parse: (text: string) => Parsed<T>;
}

const durationUnits = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const byteUnits = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };

/** A whole number with a unit, `30s`. Parsed to ms. */
export function duration(min: string, max: string): SettingKind<number> {
  const accepts = `a duration from ${min} to ${max}`;
  const hint = 'a whole number and ms, s, m, h or d';
  return {
    unit: 'ms',
    accepts,
    parse: measured({ units: durationUnits, min, max, accepts, hint }),
  };
}

/** How long something is kept. Parsed to ms; `never` or `0`, by which it is never removed, to Infinity. */
export function retention(min: string, max: string): SettingKind<number> {
  const { accepts, parse } = duration(min, max);
  return {
    unit: 'ms',
    accepts: `${accepts}, or \`never\` or \`0\`: it is then never removed`,
    parse: (text) =>
      text === 'never' || text === '0' ? { value: Number.POSITIVE_INFINITY } : parse(text),
  };
}

/** Durations separated by commas, as `duration` takes them. Parsed to ms. */
export function durations(bounds: {
  readonly min: string;
  readonly max: string;
  readonly most: number;
}): SettingKind<readonly number[]> {
  const { parse } = duration(bounds.min, bounds.max);
  const accepts = `up to ${bounds.most} durations from ${bounds.min} to ${bounds.max}, separated by commas`;
  return {
    unit: 'ms',
    accepts,
    parse(text) {
      const values: number[] = [];
      for (const [index, entry] of text.split(',').entries()) {
        const parsed = parse(entry.trim());
        if ('problem' in parsed) return { problem: `entry ${index + 1}: ${parsed.problem}` };
        values.push(parsed.value);
      }
      return values.length > bounds.most ? { problem: `expected ${accepts}` } : { value: values };
    },
  };
}

/** A whole number with a unit, `64kb`; a kb has 1024 bytes. Parsed to bytes. */
export function size(min: string, max: string): SettingKind<number> {
  const accepts = `a size from ${min} to ${max}`;
  const hint = 'a whole number and b, kb, mb or gb';
  return { unit: 'bytes', accepts, parse: measured({ units: byteUnits, min, max, accepts, hint }) };
}

/** A whole number without a unit. */
export function count(min: number, max: number): SettingKind<number> {
  return wholeNumber(`a whole number from ${min} to ${max}`, min, max);
}

/** A TCP port. 0 means any that is free. */
export const port: SettingKind<number> = wholeNumber('a port from 0 to 65535', 0, 65_535);

export const flag: SettingKind<boolean> = kindOf('true or false', (text) =>
  text === 'true' || text === 'false' ? text === 'true' : undefined,
);

/** One of a few words. */
export function oneOf<const Word extends string>(words: readonly Word[]): SettingKind<Word> {
  return kindOf(`one of ${words.join(', ')}`, (text) => words.find((word) => word === text));
}

/** Some of a few words, separated by commas. */
export function commaList<const Word extends string>(
  words: readonly Word[],
): SettingKind<readonly Word[]> {
  return kindOf(`some of ${words.join(', ')}, separated by commas`, (text) => {
    const chosen = text.split(',').map((entry) => words.find((word) => word === entry.trim()));
    return chosen.every((word) => word !== undefined) ? [...new Set(chosen)] : undefined;
  });
}

/** A text without blanks, as others have named something. */
export const word: SettingKind<string> = kindOf(
  '1 to 200 printable characters, no blanks',
  (text) => (/^[\x21-\x7e]{1,200}$/.test(text) ? text : undefined),
);

/** An address to listen on. */
export const host: SettingKind<string> = kindOf('an IP address or a host name', (text) =>
  /^[A-Za-z0-9.:_-]{1,253}$/.test(text) ? text : undefined,
);

/** A file. Whether it is there shows when it is read. */
export const path: SettingKind<string> = kindOf('the path of a file', (text) =>
  text.includes('\0') ? undefined : text,
);

/** An absolute URL with one of these schemes, whose user-info can be decoded. Kept as it was written. */
export function url(schemes: readonly string[]): SettingKind<string> {
  const begins = schemes.map((scheme) => `${scheme}://`).join(' or ');
  const accepts = `a URL that begins with ${begins} and names a host`;
  return {
    accepts,
    parse(text) {
      const parsed = URL.canParse(text) ? new URL(text) : undefined;
      const fits = parsed && schemes.includes(parsed.protocol.slice(0, -1)) && parsed.host !== '';
      if (!fits) return { problem: `expected ${accepts}` };
      if ([parsed.username, parsed.password].every(isDecodable)) return { value: text };
      return { problem: 'its user name and password must be percent-encoded: % itself is %25' };
    },
  };
}

/** Of a lone % in a password, whoever takes the URL apart to connect makes an error that nobody expects there. */
function isDecodable(encoded: string): boolean {
  try {
    decodeURIComponent(encoded);
    return true;
  } catch {
    return false;
  }
}

/** Hosts by their addresses, as Express knows them for `trust proxy`. */
export const addressRanges: SettingKind<readonly string[]> = {
  accepts:
    'IP addresses, ranges such as 10.0.0.0/8, and the words loopback, linklocal and uniquelocal, separated by commas',
  parse(text) {
    const entries = text.split(',').map((entry) => entry.trim());
    const wrong = entries.findIndex((entry) => !isAddressRange(entry));
    if (wrong === -1) return { value: entries };
    return { problem: `entry ${wrong + 1} is no IP address, range or word for some` };
  },
};

function isAddressRange(entry: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(entry)) return true;
  const [, address = '', prefix] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
  const version = ipVersion(address);
  // A range of everybody would let callers say of themselves who they are.
  const prefixFits =
    prefix === undefined || (Number(prefix) > 0 && Number(prefix) <= (version === 4 ? 32 : 128));
  return version !== undefined && prefixFits;
}

/** Exact origins, separated by commas. Parsed to their canonical spelling, each once. */
export const origins: SettingKind<readonly string[]> = listOf(canonicalOrigin, {
  accepts: 'exact origins, separated by commas: scheme, host and port only',
  entry: 'origin',
  hint: 'https://ehr.example.org or https://ehr.example.org:8443; no path, query, user-info or wildcard',
});

/** Exact origins, and `https://*.example.org` for all names below one. Parsed as `origins` are. */
export const originPatterns: SettingKind<readonly string[]> = listOf(canonicalOriginPattern, {
  accepts:
    'origins, separated by commas: scheme, host and port only, or `https://*.example.org` for the names below one',
  entry: 'origin',
  hint: 'https://ehr.example.org, https://ehr.example.org:8443 or https://*.example.org; no path, query or user-info',
});

/** Names of presets for origins, separated by commas. Parsed to the name by the origin's canonical spelling. */
export const presetsByOrigin: SettingKind<ReadonlyMap<string, string>> = {
  accepts:
    'pairs of an exact origin and the name of a preset, `origin=preset`, separated by commas',
  parse(text) {
    const byOrigin = new Map<string, string>();
    for (const [index, entry] of text.split(',').entries()) {
      const [, origin = '', name = ''] = /^(.*)=([a-z][a-z0-9-]*)$/.exec(entry.trim()) ?? [];
      const spelling = canonicalOrigin(origin);
      if (spelling === undefined) return { problem: `entry ${index + 1} is no ${pairHint}` };
      if (byOrigin.has(spelling))
        return { problem: `entry ${index + 1} has the origin of an earlier one` };
      byOrigin.set(spelling, name);
    }
    return { value: byOrigin };
  },
};

const pairHint =
  'origin=preset: expected scheme, host and port only, = and the name of a preset, such as ' +
  'https://ehr.example.org=oracle-millennium';

/** Entries separated by commas, each read to its one spelling. */
function listOf(
  spelling: (entry: string) => string | undefined,
  { accepts, entry, hint }: { accepts: string; entry: string; hint: string },
): SettingKind<readonly string[]> {
  return {
    accepts,
    parse(text) {
      const entries = text.split(',').map((one) => spelling(one.trim()));
      const wrong = entries.indexOf(undefined);
      if (wrong === -1) return { value: [...new Set(entries.filter((one) => one !== undefined))] };
      return {
        problem: `entry ${wrong + 1} is no ${entry}: expected scheme, host and port only, such as ${hint}`,
      };
    },
  };
}

/** A kind whose reader gives undefined for what it does not accept. */
function kindOf<T>(accepts: string, read: (text: string) => T | undefined): SettingKind<T> {
  return {
    accepts,
    parse(text) {
      const value = read(text);
      return value === undefined ? { problem: `expected ${accepts}` } : { value };
    },
  };
}

function wholeNumber(accepts: string, min: number, max: number): SettingKind<number> {
  return kindOf(accepts, (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : undefined;
  });
}

/** A parser of whole numbers with a unit, whose bounds are written in the same way. */
function measured(options: {
  units: Readonly<Record<string, number>>;
  min: string;
  max: string;
  accepts: string;
  hint: string;
}): (text: string) => Parsed<number> {
  const read = (text: string): number => {
    const [, digits = '', unit = ''] = /^(\d{1,12})([a-z]{1,2})$/.exec(text.toLowerCase()) ?? [];
    return Number(digits) * (options.units[unit] ?? Number.NaN);
  };
  const min = read(options.min);
  const max = read(options.max);
  return (text) => {
    const value = read(text);
    if (value >= min && value <= max) return { value };
    return { problem: `expected ${options.accepts}, as ${options.hint}` };
  };
}
