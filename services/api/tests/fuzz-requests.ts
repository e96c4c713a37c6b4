import fc from 'fast-check';
import { arbitraryOf } from './arbitrary-of.js';
import type { RawRequest } from './exchange-raw.js';
import { bodies, junk } from './fuzz-bodies.js';
import { mostly } from './mostly.js';
import { openApi } from './open-api-check.js';

/** An operation of the OpenAPI document, as far as requests are made of it. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: object;
  }[];
  readonly body: { readonly mediaType: string; readonly schema: object } | undefined;
}

export const operations: readonly Operation[] = Object.entries(openApi.paths).flatMap(
  ([path, methods]) =>
    Object.entries(methods).map(([verb, { parameters, requestBody }]) => {
      const content = (requestBody as { content?: Record<string, { schema: object }> })?.content;
      const [body] = Object.entries(content ?? {});
      return {
        method: verb.toUpperCase(),
        path,
        parameters: (parameters ?? []) as Operation['parameters'],
        body: body && { mediaType: body[0], schema: body[1].schema },
      };
    }),
);

/** What the requests are made of that only the running api can tell. */
export interface FuzzParts {
  readonly key: string;
  readonly jobIds: readonly string[];
  readonly endpointIds: readonly string[];
  /** A text that no answer may hold; it goes where secrets go. */
  readonly secret: string;
  readonly provider: string;
  readonly receiver: string;
}

type Header = readonly [name: string, value: string];

/** Requests for one operation: as the document has them, and then with something about them changed. */
export function requestsFor(operation: Operation, parts: FuzzParts): fc.Arbitrary<RawRequest> {
  return fc
    .record({
      method: mostly(
        operation.method,
        fc.constantFrom('GET', 'PUT', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY', 'DELETE'),
      ),
      target: targets(operation, parts),
      headers: headersOf(operation, parts),
      body: operation.body ? bodies(operation.body, parts) : mostly(Buffer.alloc(0), junk),
    })
    .map(({ method, target, headers, body }) => ({
      method,
      target,
      headers: [...headers, ['Content-Length', String(body.length)], ['Connection', 'close']],
      body,
    }));
}

/** Pieces of paths at which routers stumble. */
const oddSegments = fc.constantFrom(
  '..',
  '.',
  '%2e%2e',
  '%2F',
  '%00',
  '%',
  '%zz',
  '%ff',
  '%E0%A4%A',
  '',
  ' ',
  'é',
  '日本',
  '\\',
  ';a=b',
  '__proto__',
  'constructor',
  '*',
  '{id}',
  ':id',
  '#',
  '\u00a0',
  'x'.repeat(5_000),
  'x'.repeat(20_000),
);

function targets(
  { path, parameters }: Operation,
  { jobIds, endpointIds, provider }: FuzzParts,
): fc.Arbitrary<string> {
  const ofTenant = path.includes('{endpoint}') ? endpointIds : jobIds;
  const known = path.includes('{origin}') ? [encodeURIComponent(provider)] : ofTenant;
  const segment = mostly(fc.constantFrom(...known), fc.oneof(oddSegments, fc.uuid(), webText));
  const usual = segment.map((text) => path.replace(/\{\w+\}/, () => text));
  const bent = fc.tuple(usual, oddSegments, fc.nat(40)).map(([whole, odd, at]) => {
    return `${whole.slice(0, at)}${odd}${whole.slice(at)}`;
  });
  const prefixed = fc
    .tuple(fc.constantFrom('http://localhost', 'http://[::1', 'x://y', '//', 'http://?', ''), usual)
    .map((texts) => texts.join(''));
  const query = parameters.filter((parameter) => parameter.in === 'query');
  return fc
    .tuple(mostly(usual, fc.oneof(bent, prefixed, webText)), queries(query))
    .map((texts) => texts.join(''));
}

const webText = fc.webPath().map((path) => path || '*');

function queries(parameters: Operation['parameters']): fc.Arbitrary<string> {
  const known = parameters.map(({ name, schema }) =>
    fc
      .option(mostly<unknown>(textsFor(name, schema), fc.string({ unit: 'binary' })), {
        freq: 2,
        nil: undefined,
      })
      .map((value) =>
        [value ?? []].flat().map((text) => `${name}=${encodeURIComponent(wellFormed(text))}`),
      ),
  );
  const usual = fc.tuple(...known).map((pairs) => pairs.flat());
  const odd = fc.oneof(
    fc.webQueryParameters(),
    fc.constantFrom(
      'a[b]=c',
      '__proto__=1',
      'limit=1e9',
      'limit=-1',
      'wait=1.5',
      'wait=99999999999',
      '%=%',
      '&&=',
      'a'.repeat(9_000),
    ),
    fc.constantFrom(
      'limit=1&limit=2',
      'label=a:b&label=c',
      'state=registered&state=failed',
      'cursor=%00',
      'provider=%ff',
    ),
  );
  return fc
    .tuple(usual, mostly<string | undefined>(undefined, odd))
    .map(([pairs, more]) => [...pairs, ...(more === undefined ? [] : [more])].join('&'))
    .map((text) => (text === '' ? '' : `?${text}`));
}

/** The schema of a parameter, where values that it describes are likely to be taken. */
const textsFor = (name: string, schema: object): fc.Arbitrary<unknown> =>
  ({ label: fc.constant(['study:a']), cursor: fc.constant([]), wait: fc.constant(0) })[name] ??
  arbitraryOf(schema);

const wellFormed = (value: unknown): string => Buffer.from(String(value)).toString();

function headersOf(
  { body, parameters }: Operation,
  { key, secret }: FuzzParts,
): fc.Arbitrary<Header[]> {
  const header = (name: string, value: fc.Arbitrary<string>): fc.Arbitrary<Header> =>
    value.map((text) => [name, text] as const);
  const named = parameters
    .filter((parameter) => parameter.in === 'header')
    .map(({ name, schema }) =>
      header(name, mostly(arbitraryOf(schema) as fc.Arbitrary<string>, oddValues).map(onOneLine)),
    );
  const authorization = mostly(
    `Bearer ${key}`,
    fc.constantFrom(
      '',
      'Bearer',
      `Bearer ${secret}`,
      `Basic ${secret}`,
      `Bearer bwk_${secret}`,
      `Bearer ${'x'.repeat(9_000)}`,
    ),
  );
  const always = [
    header('Host', mostly('localhost', oddValues.map(onOneLine))),
    header('Authorization', authorization),
  ];
  const type = body ? [header('Content-Type', mostly(body.mediaType, contentTypes))] : [];
  return fc
    .tuple(
      fc.tuple(...always, ...type),
      fc
        .subarray(named.map((_, n) => n))
        .chain((chosen) => fc.tuple(...chosen.flatMap((n) => named[n] ?? []))),
      mostly<Header[]>([], fc.array(oddHeaders, { maxLength: 3 })),
    )
    .map(([first, some, odd]) => [...first, ...some, ...odd]);
}

const contentTypes = fc.constantFrom(
  '',
  'application/json',
  'application/x-ndjson',
  'application/json; charset=utf-16',
  'application/json;charset',
  'text/plain',
  'multipart/form-data',
  'application/json, text/html',
  'application/vnd.x+json',
  '/',
  'x'.repeat(5_000),
);

const oddValues = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '*',
    '"',
    'W/"1"',
    'W/"1", "2"',
    '"99999999999999999999"',
    'x'.repeat(9_000),
    '0',
  ),
);

const oddHeaders: fc.Arbitrary<Header> = fc.oneof(
  fc.constantFrom<Header>(
    ['Content-Encoding', 'gzip'],
    ['Content-Encoding', 'identity, br'],
    ['Content-Type', 'text/html'],
    ['Host', 'other'],
    ['Expect', '100-continue'],
    ['Expect', 'miracles'],
    ['Upgrade', 'websocket'],
    ['Connection', 'Upgrade'],
    ['If-None-Match', '*'],
    ['If-Modified-Since', 'never'],
    ['Range', 'bytes=0-'],
    ['If-Match', '*'],
    ['Transfer-Encoding', 'identity'],
    ['Transfer-Encoding', 'chunked'],
    ['Content-Length', '1'],
    ['Content-Length', '-1'],
    ['X-HTTP-Method-Override', 'DELETE'],
    ['Accept', 'text/html;q=x'],
    ['Cookie', 'a=b'],
    ['TE', 'trailers'],
    ['__proto__', 'x'],
    ['X-Forwarded-For', '::1'],
    ['Bad Name', 'x'],
    ['', 'x'],
  ),
  oddValues.map((value) => ['X-Odd', onOneLine(value)] as const),
);

/** A header that ends its line would be another test, which hostile.int.test.ts has. */
const onOneLine = (text: string): string => text.replace(/[\r\n]/g, ' ');
