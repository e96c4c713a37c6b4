import { randomBytes } from 'node:crypto';

/** A secret that must turn up nowhere, by a name that may be printed. */
export interface Canary {
  readonly name: string;
  readonly value: string;
}

/** A text that was left behind by a run, and where. */
export interface Evidence {
  readonly place: string;
  readonly text: string;
}

/** A secret that may be found in a place, and why. */
export interface Allowance {
  readonly canary: string;
  readonly place: RegExp;
  readonly why: string;
}

/** A secret as no two are alike: its beginning tells it, too. It can stand in a header as it is. */
export const newSecret = (): string =>
  `${randomBytes(24).toString('base64url').replaceAll(/[-_]/g, 'x')}.~-`;

/**
 * The places where a secret was found, each with the spelling in which it was. Of what is found nothing but
 * that is told: the report of a failed test is a log as well.
 */
export function findCanaries(
  canaries: readonly Canary[],
  evidence: readonly Evidence[],
  allowances: readonly Allowance[],
): string[] {
  const sightings = canaries.flatMap(({ name, value }) =>
    Object.entries(spellingsOf(value)).flatMap(([spelling, texts]) =>
      evidence
        .filter(({ place }) => !isAllowed(allowances, name, place))
        .filter(({ text }) => texts.some((one) => text.includes(one)))
        .map(({ place }) => `${name}, ${spelling}, in ${place}`),
    ),
  );
  return [...new Set(sightings)];
}

const isAllowed = (allowances: readonly Allowance[], name: string, place: string): boolean =>
  allowances.some((allowance) => allowance.canary === name && allowance.place.test(place));

/** How much of the beginning of a secret is enough to be a leak. */
const beginningLength = 12;

/** Everything that a secret may look like after it went through a program. */
export function spellingsOf(value: string): Record<string, string[]> {
  const bytes = Buffer.from(value);
  const inBase64 = [0, 1, 2].map((offset) => base64Inside(bytes, offset));
  const hex = bytes.toString('hex');
  return {
    plain: [value, JSON.stringify(value).slice(1, -1)],
    'its beginning': [value.slice(0, beginningLength)],
    'URL-encoded': [
      encodeURIComponent(value),
      new URLSearchParams({ v: value }).toString().slice(2),
    ],
    base64: inBase64,
    base64url: inBase64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    hex: [hex, hex.toUpperCase()],
  };
}

/** The characters of base64 that a text alone decides when it stands so many bytes behind a multiple of three. */
function base64Inside(bytes: Buffer, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  return encoded.slice(Math.ceil((offset * 4) / 3), Math.floor(((offset + bytes.length) * 4) / 3));
}
