import fc from 'fast-check';

/** One answer of a provider, as bytes, and how its connection ends. */
export interface BadAnswer {
  readonly bytes: readonly Buffer[];
  /** `endless`: its last piece again and again, as fast as it is taken. */
  readonly ending: 'end' | 'reset' | 'hang' | 'endless';
  /** Whether it says nothing of the export, so that it may not end the job. */
  readonly saysNothing: boolean;
}

const manifest = {
  transactionTime: '2026-01-01T00:00:00Z',
  request: 'https://ehr.example.org/Patient/$export',
  requiresAccessToken: true,
  output: [{ type: 'Patient', url: 'https://ehr.example.org/1.ndjson', count: 3 }],
  error: [],
};

const odd = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(
    null,
    -0,
    1e308,
    '',
    '\u0000\u001b[31m\u202e',
    'x'.repeat(70_000),
    [[]],
    { __proto__: null, constructor: 1 },
    'http://169.254.169.254/',
    '+275760-09-13T00:00:00.001Z',
  ),
);

/** A manifest with one edit, or any JSON at all. */
const json = fc.oneof(
  fc
    .tuple(fc.constantFrom(...Object.keys(manifest), 'link', 'deleted', '__proto__'), odd)
    .map(
      ([name, value]) =>
        `{${JSON.stringify(name)}:${JSON.stringify(value)},${JSON.stringify(manifest).slice(1)}`,
    ),
  fc
    .tuple(fc.constantFrom(...Object.keys(manifest)), odd)
    .map(([name, value]) => JSON.stringify({ ...manifest, [name]: value })),
  odd.map((one) => JSON.stringify({ ...manifest, output: [one, ...manifest.output] })),
  fc.json(),
);

const bulky = fc.constantFrom(
  () => '['.repeat(2_000_000),
  () => `{"a":${'{"a":'.repeat(400_000)}`,
  () => `{"output":[${'{"type":"Patient","url":"https://a.example/1"},'.repeat(200_000)}`,
  () =>
    `{"output":[${Array(100_000).fill('{"type":"Patient","url":"https://a.example/1"}').join()}]}`,
  () => `{"output":[${'1e9999,'.repeat(500_000)}1]}`,
  () => `{${'"output":[],'.repeat(300_000)}"output":[]}`,
  () => ' '.repeat(9_000_000),
  () => `"${'\\ud800'.repeat(500_000)}"`,
);

const body = fc.oneof(
  { weight: 6, arbitrary: json.map((text) => Buffer.from(text)) },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: bulky.map((make) => Buffer.from(make())) },
  { weight: 1, arbitrary: fc.constant(Buffer.alloc(0)) },
);

const status = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(200, 202) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      301,
      302,
      303,
      307,
      308,
      400,
      401,
      403,
      404,
      406,
      410,
      422,
      429,
      500,
      502,
      503,
      504,
    ),
  },
  { weight: 1, arbitrary: fc.integer({ min: 200, max: 999 }) },
);

const wait = fc.oneof(
  fc
    .string({ unit: 'binary-ascii', maxLength: 40 })
    .map((text) => text.replace(/[^\x20-\x7e]/g, '?')),
  fc.constantFrom('-5', '0', '1e309', '1e3', '', ' 7 ', '120, 240', '0x10', 'abc', '9'.repeat(400)),
  fc.date({ noInvalidDate: true }).map((at) => at.toUTCString()),
);
const text = fc.string({ unit: 'binary', maxLength: 60 });
const field = fc.oneof(
  wait.map((value) => `Retry-After: ${value}`),
  text.map((value) => `X-Progress: ${value}`),
  wait.map((value) => `Expires: ${value}`),
  fc.constantFrom(
    'X-Export-Status: 202',
    'X-Export-Status: 500',
    'Content-Encoding: gzip',
    'Content-Encoding: br, zstd',
    'Location: /elsewhere',
    'Location: http://169.254.169.254/latest',
    'Location: //[',
    'Location: data:text/plain,x',
    'Link: <http://127.0.0.1:1/>; rel=next',
    'Date: yesterday',
    'Transfer-Encoding: identity',
    'Connection: upgrade',
    'Set-Cookie: a=b',
    'no colon here',
    ': no name',
    'A\u0000B: c',
    ' folded',
    `X-Long: ${'x'.repeat(20_000)}`,
  ),
  fc.tuple(text, text).map(([name, value]) => `${name}: ${value}`),
);

type Framing = 'length' | 'chunked' | 'until-close' | 'too-long' | 'too-short' | 'endless';
const framing = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Framing>('length') },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Framing>('chunked', 'until-close', 'too-long', 'too-short'),
  },
  { weight: 1, arbitrary: fc.constant<Framing>('endless') },
);

interface Drawn {
  readonly status: number;
  readonly fields: readonly string[];
  readonly body: Buffer;
  readonly framing: Framing;
  readonly type: string;
  /** Where it breaks off, of all its bytes; 1 and more: not at all. */
  readonly cutAt: number;
  readonly end: 'end' | 'reset' | 'hang';
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  status,
  fields: fc.array(field, { maxLength: 4 }),
  body,
  framing,
  type: fc.constantFrom(
    'application/json',
    'application/fhir+json',
    'text/html',
    'application/json; charset=utf-16',
  ),
  cutAt: fc.oneof(
    { weight: 3, arbitrary: fc.constant(1) },
    { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
  ),
  end: fc.oneof(
    { weight: 8, arbitrary: fc.constant('end' as const) },
    { weight: 2, arbitrary: fc.constant('reset' as const) },
    { weight: 1, arbitrary: fc.constant('hang' as const) },
  ),
});

/** Answers made at random: status, header fields, body, how it is framed, and where it breaks off. */
export const badAnswers: fc.Arbitrary<BadAnswer> = drawn.map(written);

function written({
  status: code,
  fields,
  body: bytes,
  framing: framed,
  type,
  cutAt,
  end,
}: Drawn): BadAnswer {
  const framingField: Readonly<Record<Framing, string>> = {
    length: `Content-Length: ${bytes.length}`,
    'too-long': `Content-Length: ${bytes.length + 10}`,
    'too-short': `Content-Length: ${Math.max(0, bytes.length - 10)}`,
    chunked: 'Transfer-Encoding: chunked',
    'until-close': 'Connection: close',
    endless: 'Connection: close',
  };
  const head = [
    `HTTP/1.1 ${code} Whatever`,
    `Content-Type: ${type}`,
    framingField[framed],
    ...fields,
    '',
    '',
  ];
  const isChunked = framed === 'chunked';
  const parts = isChunked
    ? [Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n0\r\n\r\n')]
    : [bytes];
  const all = Buffer.concat([Buffer.from(head.join('\r\n'), 'latin1'), ...parts]);
  const isCut = cutAt < 1;
  const sent = isCut ? all.subarray(0, Math.floor(all.length * cutAt)) : all;
  if (framed === 'endless' && !isCut)
    return {
      bytes: [sent, Buffer.alloc(65_536, 0x20)],
      ending: 'endless',
      saysNothing: code >= 500,
    };
  return { bytes: [sent], ending: end, saysNothing: code >= 500 && code < 600 };
}
