import { describe, expect, it } from 'vitest';
import { type BatchResult, createClient } from '../src/index.js';
import { hangUp, type Received, type Reply, scriptedServer } from './scripted-server.js';

const urls = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `https://ehr.example.org/jobs/${index + 1}`);

const linesOf = ({ body }: Received): { statusUrl: string }[] =>
  body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { statusUrl: string });

const refused = (status: number, reason: string, retryAfterSeconds?: number) => ({
  status,
  problem: { type: `/problems/${reason}`, title: 'x', status, reason },
  retryAfterSeconds,
});

/** Answers each line of a batch by its place in it, from 1; undefined leaves the line without a result. */
const batch =
  (resultOf: (line: number, statusUrl: string) => object | undefined): Reply =>
  (response, request) => {
    const results = linesOf(request).map(({ statusUrl }, index) => {
      const result = resultOf(index + 1, statusUrl);
      return result ? `${JSON.stringify({ line: index + 1, ...result })}\n` : '';
    });
    response.writeHead(200, { 'content-type': 'application/x-ndjson' }).end(results.join(''));
  };
const created = batch((_line, statusUrl) => ({ status: 201, job: { id: statusUrl } }));

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const taken: T[] = [];
  for await (const item of items) taken.push(item);
  return taken;
}

const lines = (results: readonly BatchResult[]) => results.map(({ line }) => line);

describe('registering many', () => {
  it('goes in requests of some hundred, each sent when it is its turn', async () => {
    await using server = await scriptedServer(created);
    const registrations = urls(1_200).map((statusUrl) => ({ statusUrl }));
    const results = createClient(server).registerBatch(registrations);

    const first = await results.next();
    expect(first.value).toMatchObject({ line: 1, status: 201 });
    expect(server.received).toHaveLength(1);

    expect(lines(await all(results))).toEqual(registrations.slice(1).map((_, index) => index + 2));
    expect(server.received.map((request) => linesOf(request).length)).toEqual([500, 500, 200]);
    expect(server.received[0]).toMatchObject({
      method: 'POST',
      target: '/v1/jobs/batch',
      headers: { 'content-type': 'application/x-ndjson' },
    });
  });

  it('sends again what was refused for the moment, and keeps its number', async () => {
    await using server = await scriptedServer(
      batch((line) => (line < 3 ? { status: 201, job: {} } : refused(429, 'too-many-requests', 1))),
      batch((line) => (line > 1 ? { status: 201, job: {} } : refused(422, 'validation-failed'))),
    );
    const results = await all(createClient(server).importUrls(urls(4)));

    expect(results.map(({ line, status }) => [line, status])).toEqual([
      [1, 201],
      [2, 201],
      [3, 422],
      [4, 201],
    ]);
    const [first, second] = server.received.map(({ atMs }) => atMs) as [number, number];
    expect(second - first).toBeGreaterThanOrEqual(1_000);
  });

  it('gives the refusal where sending again does not help', async () => {
    await using server = await scriptedServer(batch(() => refused(503, 'store-unavailable')));

    const results = await all(createClient({ ...server, retries: 1 }).importUrls(urls(2)));

    expect(results.map(({ status }) => status)).toEqual([503, 503]);
    expect(server.received).toHaveLength(2);
  });

  it('gives the refusal where it would have to wait for too long', async () => {
    await using server = await scriptedServer(batch(() => refused(429, 'too-many-requests', 61)));

    const results = await all(createClient(server).importUrls(urls(2)));

    expect(results.map(({ status }) => status)).toEqual([429, 429]);
    expect(server.received).toHaveLength(1);
  });

  it('goes on where the api stopped reading, since it takes fewer lines', async () => {
    const three = batch((line) =>
      line < 4 ? { status: 201, job: {} } : line === 4 ? refused(413, 'body-too-large') : undefined,
    );
    await using server = await scriptedServer(three);

    const results = await all(createClient(server).importUrls(urls(8)));

    expect(results.map(({ line, status }) => [line, status])).toEqual(
      urls(8).map((_, index) => [index + 1, 201]),
    );
    expect(server.received.map((request) => linesOf(request).length)).toEqual([8, 5, 2]);
  });

  it('gives the refusal of a line that is too long by itself', async () => {
    await using server = await scriptedServer(
      batch((line) => (line === 2 ? refused(413, 'body-too-large') : { status: 201, job: {} })),
    );

    const results = await all(createClient(server).importUrls(urls(2)));

    expect(results.map(({ status }) => status)).toEqual([201, 413]);
    expect(server.received).toHaveLength(1);
  });

  it('sends a request again whose answer broke off', async () => {
    await using server = await scriptedServer(hangUp, created);

    expect(lines(await all(createClient(server).importUrls(urls(2))))).toEqual([1, 2]);
  });

  it('rejects where the answer has no results', async () => {
    await using server = await scriptedServer(batch(() => undefined));

    await expect(all(createClient(server).importUrls(urls(2)))).rejects.toMatchObject({
      reason: 'response-unreadable',
    });
  });

  it('sends nothing where there is nothing', async () => {
    await using server = await scriptedServer(created);

    expect(await all(createClient(server).registerBatch([]))).toEqual([]);
    expect(server.received).toHaveLength(0);
  });

  it('ends with the signal', async () => {
    await using server = await scriptedServer(batch(() => refused(429, 'too-many-requests', 30)));
    const results = createClient(server).importUrls(urls(1), { signal: AbortSignal.timeout(100) });

    await expect(all(results)).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

describe('importing a list', () => {
  it('reads a text as lines, and gives each what they have in common', async () => {
    await using server = await scriptedServer(created);
    const text = '# of today\r\nhttps://x.org/1\r\n\r\n  https://x.org/2\n';
    const results = createClient(server).importUrls(text, {
      credential: 'north',
      labels: { study: 'cardio-7' },
    });

    expect(lines(await all(results))).toEqual([2, 4]);
    const shared = { credential: 'north', labels: { study: 'cardio-7' } };
    expect(server.received.flatMap(linesOf)).toEqual([
      { ...shared, statusUrl: 'https://x.org/1' },
      { ...shared, statusUrl: 'https://x.org/2' },
    ]);
  });

  it('takes a series that comes bit by bit', async () => {
    await using server = await scriptedServer(created);
    async function* series() {
      yield* await Promise.resolve(urls(3));
    }

    expect(lines(await all(createClient(server).importUrls(series())))).toEqual([1, 2, 3]);
  });
});
