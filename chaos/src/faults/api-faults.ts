import { setTimeout as pause } from 'node:timers/promises';
import { pick } from '../dice.js';
import type { Fault } from '../fault.js';
import { type ApiFaultContext, type HostileTurn, hostileCallers } from './hostile-caller.js';

const authorization = ({ apiKeys }: ApiFaultContext, of = 0): string =>
  `Authorization: Bearer ${apiKeys[of % apiKeys.length]?.text ?? 'none'}\r\n`;

const asJson = 'Content-Type: application/json\r\n';

/** Everything that is sent in one piece, and answered with the end of the connection. */
const inOnePiece =
  (write: (context: ApiFaultContext, turn: number) => string | Uint8Array): HostileTurn =>
  async (call, context, turn) => {
    const { socket, closed, received } = call();
    socket.write(write(context, turn));
    await closed;
    tellOfStacks(received(), context);
  };

/** No caller is ever shown the inside. */
function tellOfStacks(answer: string, { violation }: ApiFaultContext): void {
  if (/\n\s+at \S+ \(?(file:|\/|node:)/.test(answer)) violation?.('the api answered with a stack');
  if (answer.startsWith('HTTP/1.1 500')) violation?.('the api answered 500 to a hostile request');
}

const post = (context: ApiFaultContext, body: string, fields = asJson): string =>
  `POST /v1/jobs HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${authorization(context)}${fields}` +
  `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** A byte now and then, of a head or of a body, for as long as the api puts up with it. */
const slowly =
  (first: (context: ApiFaultContext) => string): HostileTurn =>
  async (call, context) => {
    const { socket, closed } = call();
    socket.write(first(context));
    while (!socket.destroyed) {
      socket.write('x');
      await Promise.race([pause(500), closed]);
    }
  };

/** A body of a gigabyte, of which as much is sent as is taken. */
const giantBody: HostileTurn = async (call, context) => {
  const { socket, closed } = call();
  socket.write(
    `POST /v1/jobs HTTP/1.1\r\nHost: a\r\n${authorization(context)}${asJson}Content-Length: 1000000000\r\n\r\n`,
  );
  const piece = Buffer.alloc(64 * 1024, 0x20);
  while (!socket.destroyed) {
    const taken = new Promise((resolve) => socket.write(piece, resolve));
    await Promise.race([taken, closed]);
    await pause(5);
  }
};

const badJson: readonly string[] = [
  '['.repeat(30_000),
  `${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}`,
  '{"statusUrl":"http://127.0.0.1/"',
  '{"__proto__":{"statusUrl":"x"},"constructor":{"prototype":{}}}',
  '{"statusUrl":"http://[::1]:1/","labels":{"\\u0000":"\\ud800"}}',
  '\u0000\u0001',
  '9'.repeat(60_000),
];

const oddHeads: readonly ((context: ApiFaultContext) => string)[] = [
  () => 'GET /v1/jobs HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
  () =>
    'POST /v1/jobs HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x',
  () => `GET /v1/jobs HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`,
  () => `GET /v1/jobs HTTP/1.1\r\n${'A: b\r\n'.repeat(5_000)}\r\n`,
  () => 'GET /v1/jobs HTTP/9.9\r\n\r\n',
  () => 'GET /../../../etc/passwd HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  () => 'TRACE /v1/jobs HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  () => '\u0016\u0003\u0001\u0002\u0000\u0001',
  (context) =>
    `GET /v1/jobs?a[b][c]=1&__proto__=2&cursor=%00 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${authorization(context)}\r\n`,
  (context) =>
    `DELETE /v1/jobs/%2e%2e%2f%00 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${authorization(context)}X-HTTP-Method-Override: GET\r\n\r\n`,
];

/** Every way to a job, as another tenant: each has to say that there is no such job. */
const ways: readonly (readonly [method: string, path: string, body?: string])[] = [
  ['GET', ''],
  ['GET', '/polls'],
  ['GET', '/manifest'],
  ['PATCH', '', '{"labels":{"stolen":"yes"}}'],
  ['POST', '/poll', '{}'],
  ['POST', '/pause', '{}'],
  ['POST', '/acknowledge', '{}'],
  ['POST', '/republish', '{}'],
  ['DELETE', ''],
  ['DELETE', '?provider=true'],
];

const otherTenant: HostileTurn = async (call, context, turn) => {
  const ask = async (text: string): Promise<string> => {
    const { socket, closed, received } = call();
    socket.write(text);
    await closed;
    return received();
  };
  const head = (method: string, path: string, of: number): string =>
    `${method} ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${authorization(context, of)}`;
  const list = await ask(`${head('GET', '/v1/jobs?limit=5', 0)}\r\n`);
  const ids = [...list.matchAll(/"id":"([\w-]{36})"/g)].map(([, id]) => id);
  const [method, way, body = ''] = ways[turn % ways.length] ?? ['GET', ''];
  if (ids.length === 0) return;
  const fields = body === '' ? '' : asJson;
  const path = `/v1/jobs/${pick(context.dice, ids)}${way}`;
  const answer = await ask(
    `${head(method, path, 1)}${fields}Content-Length: ${body.length}\r\n\r\n${body}`,
  );
  if (/^HTTP\/1\.1 (2|3)/.test(answer))
    context.violation?.(`another tenant's ${method} ${way} was answered ${answer.slice(9, 12)}`);
};

/** Callers who mean ill, for a while. Nobody else is to notice them, and none of them to get what is not theirs. */
export const apiFaults: readonly Fault<ApiFaultContext>[] = [
  hostileCallers({
    name: 'slow-heads',
    row: 'E2',
    callers: 30,
    turn: slowly(() => 'GET /v1/jobs HTTP/1.1\r\nHost: a\r\nX-Slow: '),
  }),
  hostileCallers({
    name: 'slow-bodies',
    row: 'E2',
    callers: 30,
    turn: slowly(
      (context) =>
        `POST /v1/jobs HTTP/1.1\r\nHost: a\r\n${authorization(context)}${asJson}Content-Length: 5000\r\n\r\n{"`,
    ),
  }),
  hostileCallers({
    name: 'giant-bodies',
    row: 'E1',
    callers: 4,
    patienceMs: 3_000,
    turn: giantBody,
  }),
  hostileCallers({
    name: 'bad-json',
    row: 'E1',
    callers: 4,
    turn: inOnePiece((context, turn) => post(context, badJson[turn % badJson.length] ?? '')),
  }),
  hostileCallers({
    name: 'odd-heads',
    row: 'E6',
    callers: 4,
    // Some are answered on a connection that stays.
    patienceMs: 300,
    turn: inOnePiece((context, turn) => (oddHeads[turn % oddHeads.length] ?? (() => ''))(context)),
  }),
  hostileCallers({
    name: 'wrong-keys',
    row: 'E5',
    // Fewer in a minute than get the address of the harness, which is everybody's, locked out.
    callers: 1,
    restMs: 2_000,
    turn: inOnePiece(
      ({ dice }) =>
        `GET /v1/jobs HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer bwk_${Math.floor(dice() * 1e9)}\r\n\r\n`,
    ),
  }),
  hostileCallers({
    name: 'flood',
    row: 'E7',
    callers: 20,
    turn: inOnePiece(
      (context) =>
        `GET /v1/jobs?limit=200 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${authorization(context, 1)}\r\n`,
    ),
  }),
  hostileCallers({ name: 'other-tenant', row: 'E4', callers: 2, turn: otherTenant }),
];
