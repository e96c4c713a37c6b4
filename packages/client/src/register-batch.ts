import type { BatchResult, RegistrationInput } from '@bulkwatch/contract';
import { backOffMs } from './back-off.js';
import type { Connection } from './connection.js';
import { unreadable } from './exchange.js';
import { readLines } from './read-answer.js';
import type { CallOptions, Send } from './send.js';
import { sleep } from './sleep.js';

/** What the registrations of a list have in common. */
export interface ImportOptions
  extends CallOptions,
    Readonly<Partial<Omit<RegistrationInput, 'statusUrl'>>> {}

interface BatchParts {
  readonly send: Send;
  readonly limits: Pick<Connection, 'retries' | 'timeoutMs'>;
}

/** One registration, by its place in the whole. */
interface Line {
  readonly number: number;
  readonly text: string;
}

/** Of one request: few enough that its results fit into memory and its time, and it is soon sent again. */
const linesMax = 500;
const charactersMax = 1_000_000;

/** Registers status URLs that have everything else in common. */
export function importUrls(
  parts: BatchParts,
  urls: string | Iterable<string> | AsyncIterable<string>,
  { signal, timeoutMs, ...shared }: ImportOptions = {},
): AsyncGenerator<BatchResult, void, void> {
  const lines = typeof urls === 'string' ? urls.split('\n') : urls;
  const read = (line: string): object | undefined => {
    const statusUrl = line.trim();
    return /^(#|$)/.test(statusUrl) ? undefined : { ...shared, statusUrl };
  };
  return registerLines(parts, numbered(lines, read), { signal, timeoutMs });
}

/** Registers many, each for itself. */
export function registerBatch(
  parts: BatchParts,
  registrations: Iterable<RegistrationInput> | AsyncIterable<RegistrationInput>,
  options: CallOptions = {},
): AsyncGenerator<BatchResult, void, void> {
  return registerLines(
    parts,
    numbered(registrations, (registration) => registration),
    options,
  );
}

/** Lines of what is not passed over; that counts all the same. */
async function* numbered<T>(
  items: Iterable<T> | AsyncIterable<T>,
  read: (item: T) => object | undefined,
): AsyncGenerator<Line, void, void> {
  let number = 0;
  for await (const item of items) {
    number += 1;
    const registration = read(item);
    if (registration) yield { number, text: `${JSON.stringify(registration)}\n` };
  }
}

async function* registerLines(
  parts: BatchParts,
  lines: AsyncIterable<Line>,
  options: CallOptions,
): AsyncGenerator<BatchResult, void, void> {
  let request: Line[] = [];
  let characters = 0;
  for await (const line of lines) {
    if (request.length === linesMax || characters + line.text.length > charactersMax) {
      yield* registerUntilSettled(parts, request, options);
      request = [];
      characters = 0;
    }
    request.push(line);
    characters += line.text.length;
  }
  yield* registerUntilSettled(parts, request, options);
}

/** Sends lines, and again those that the api refused for the moment or did not come to. */
async function* registerUntilSettled(
  { send, limits }: BatchParts,
  lines: readonly Line[],
  options: CallOptions,
): AsyncGenerator<BatchResult, void, void> {
  let open = lines;
  for (let tries = 1; open.length > 0; ) {
    const results = await sendLines(send, open, options);
    const waitMs = longestWaitMs(results.values());
    const isLast = tries > limits.retries || waitMs > (options.timeoutMs ?? limits.timeoutMs);
    const settled = [...results.values()].filter((result) => isLast || !isForNow(result));
    yield* settled;
    const done = new Set(settled.map(({ line }) => line));
    const left = open.filter(({ number }) => !done.has(number));
    tries = done.size > 0 ? 1 : tries + 1;
    open = left;
    if (left.length > 0 && waitMs > 0)
      await sleep(backOffMs(tries, waitMs, Math.random()), options.signal);
  }
}

/** One request; its results by the line that they are of. */
async function sendLines(
  send: Send,
  lines: readonly Line[],
  options: CallOptions,
): Promise<ReadonlyMap<number, BatchResult>> {
  const body = { type: 'application/x-ndjson', text: lines.map(({ text }) => text).join('') };
  const call = { method: 'POST', path: '/v1/jobs/batch', body } as const;
  const answer = await send(call, options);
  const results = new Map<number, BatchResult>();
  for (const result of readLines<BatchResult>(answer, 'line', 'status')) {
    const number = lines[result.line - 1]?.number;
    if (number !== undefined) results.set(number, { ...result, line: number });
  }
  if (results.size === 0) throw unreadable(answer);
  return withoutEndOfReading(results, lines);
}

/** Where a batch is longer than the api takes, the last of its results stands for all lines from there on. */
function withoutEndOfReading(
  results: Map<number, BatchResult>,
  lines: readonly Line[],
): ReadonlyMap<number, BatchResult> {
  const last = [...results.values()].at(-1);
  const cutOff = results.size > 1 && results.size < lines.length;
  if (last && cutOff && 'problem' in last && last.problem.reason === 'body-too-large')
    results.delete(last.line);
  return results;
}

/** 429 and 503 of one line are about the moment, not about the line. */
function isForNow({ status }: BatchResult): boolean {
  return status === 429 || status === 503;
}

function longestWaitMs(results: Iterable<BatchResult>): number {
  const waits = [...results]
    .filter(isForNow)
    .map((result) => ('retryAfterSeconds' in result ? (result.retryAfterSeconds ?? 1) : 1));
  return Math.max(0, ...waits) * 1_000;
}
