import fc from 'fast-check';
import { arbitraryOf } from './arbitrary-of.js';
import type { FuzzParts, Operation } from './fuzz-requests.js';
import { mostly } from './mostly.js';

/** Bodies for one operation: as its schema has them, and then with something about them changed. */
export function bodies(
  { mediaType, schema }: NonNullable<Operation['body']>,
  parts: FuzzParts,
): fc.Arbitrary<Buffer> {
  const { 'x-line-schema': lineSchema } = schema as { 'x-line-schema'?: object };
  const value = mutated(withSecrets(arbitraryOf(lineSchema ?? schema), parts));
  const text = mediaType.includes('ndjson')
    ? fc
        .array(mostly(value.map(toText), fc.string()), { maxLength: 5 })
        .map((lines) => lines.join('\n'))
    : value.map(toText);
  const cut = fc.tuple(text, fc.nat(60)).map(([whole, at]) => whole.slice(0, at));
  return mostly(
    mostly(text, cut).map((whole) => Buffer.from(whole)),
    junk,
  );
}

const toText = (value: unknown): string => JSON.stringify(value) ?? '';

/** Fills in what the schema cannot say, URLs that are taken, and puts the secret where secrets belong. */
function withSecrets(
  body: fc.Arbitrary<unknown>,
  { secret, provider, receiver }: FuzzParts,
): fc.Arbitrary<unknown> {
  const url = fc.nat(200).map((n) => `${provider}/jobs/${n}?token=${secret}`);
  const hook = `${receiver}/in?key=${secret}`;
  const webhook = { url: hook, secret: `whsec_${Buffer.alloc(24, secret).toString('base64')}` };
  const token = fc.constant({ bearerToken: secret });
  const hasUrl = mostly(
    url.map((statusUrl) => ({ statusUrl })),
    fc.constant({}),
  );
  return fc
    .tuple(body, hasUrl, mostly<object>({}, token))
    .map(([made, ...more]) =>
      isRecord(made) && 'statusUrl' in made ? Object.assign({ ...made }, ...more) : made,
    )
    .map((made) => {
      if (!isRecord(made)) return made;
      if (isRecord(made['webhook']))
        return { ...made, webhook: { ...made['webhook'], ...webhook } };
      return 'url' in made ? { ...made, url: hook } : made;
    });
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** Now and then one member is gone, of another type, or one too many. */
function mutated(body: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const change = fc
    .tuple(body, fc.nat(20), oddMembers, fc.constantFrom('drop', 'replace', 'add'))
    .map(([made, at, odd, how]) => {
      if (!isRecord(made)) return odd;
      const names = Object.keys(made);
      const name = names[at % Math.max(1, names.length)] ?? 'statusUrl';
      const { [name]: _dropped, ...others } = made;
      if (how === 'drop') return others;
      return how === 'replace'
        ? { ...made, [name]: odd }
        : { ...made, [`${name}X`]: odd, ['__proto__']: odd };
    });
  return fc.oneof(
    { weight: 3, arbitrary: body },
    { weight: 2, arbitrary: change },
    { weight: 1, arbitrary: fc.json().map((text) => JSON.parse(text) as unknown) },
  );
}

const oddMembers = fc.oneof(
  fc.jsonValue(),
  fc.string({ unit: 'binary', maxLength: 100 }),
  fc.constantFrom<unknown>(
    null,
    -0,
    1e308,
    '',
    '\u0000',
    'x'.repeat(70_000),
    [],
    {},
    'http://[',
    '9'.repeat(400),
    '2026-02-30T00:00:00Z',
    '+275760-09-13T00:00:00.001Z',
  ),
);

/** What is hardly a body. */
export const junk = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.constant(Buffer.alloc(200_000, 0x20)),
  fc.constant(Buffer.from('['.repeat(50_000))),
);
