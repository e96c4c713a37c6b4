import { connect } from 'node:net';
import { oracleExport, type Simulator, scenarioNames, startSimulator } from '@bulkwatch/simulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator({ requireToken: false });
});
afterEach(() => simulator.stop());

const create = (body: string) =>
  fetch(`${simulator.origin}/_simulator/exports`, { method: 'POST', body });

/** Sends bytes as they are and resolves with all that comes back. */
const raw = (text: string) =>
  new Promise<string>((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(new URL(simulator.origin).port), '127.0.0.1');
    socket.on('connect', () => socket.write(text));
    socket.on('data', (data) => {
      answer += data.toString();
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });

describe('control from another process', () => {
  it('creates exports, lists them and shows the record', async () => {
    const created = await create(JSON.stringify(oracleExport({ id: 'one', retryAfterSeconds: 9 })));
    expect(created.status).toBe(201);
    const { id, statusUrl } = (await created.json()) as { id: string; statusUrl: string };
    expect(id).toBe('one');
    await fetch(statusUrl);
    await fetch(statusUrl);
    await create('{"steps":[{"answer":"complete"}]}');

    const list = await (await fetch(`${simulator.origin}/_simulator/exports`)).json();
    expect(list).toMatchObject({ exports: [{ id, statusUrl, polls: 2, deleted: false }, {}] });

    const view = async (query: string) =>
      (await fetch(`${simulator.origin}/_simulator/record${query}`)).json();
    expect(await view('?exportId=one')).toMatchObject({
      requests: [{ exportId: 'one', retryAfterMs: 9_000 }, { exportId: 'one' }],
      earlyPolls: [{ exportId: 'one' }],
      maxConcurrency: 1,
      tokenRequests: [],
    });
    expect(await view('?toleranceMs=9000')).toMatchObject({ earlyPolls: [] });
    expect(await view('?exportId=two')).toMatchObject({ requests: [], earlyPolls: [] });
  });

  it('plays scenarios by name, and tells which there are', async () => {
    const { scenarios: listed } = (await (
      await fetch(`${simulator.origin}/_simulator/scenarios`)
    ).json()) as { scenarios: { name: string }[] };
    expect(listed).toHaveLength(scenarioNames.length);
    expect(listed.find(({ name }) => name === 'bcda/archived')).toEqual({
      name: 'bcda/archived',
      plays: 'bcda',
      tells: expect.any(String) as string,
      ends: { state: 'failed', reason: 'export-expired' },
    });
    const created = await create(
      '{"scenario":"oracle-millennium/plain","retryAfterSeconds":2,"id":"mine"}',
    );
    const { id, statusUrl } = (await created.json()) as { id: string; statusUrl: string };
    expect(id).toBe('mine');
    expect((await fetch(statusUrl)).headers.get('retry-after')).toBe('2');
    const real = simulator.play('oracle-millennium/plain');
    expect((await fetch(real.statusUrl)).headers.get('retry-after')).toBe('600');
  });

  it('says which field of a script is wrong', async () => {
    const why = async (body: string) =>
      ((await (await create(body)).json()) as { error: string }).error;
    expect(await why('{"steps":[{"answer":"complete","next":"2"}]}')).toMatch(
      /names no page: 2.*at steps\[0\]\.next/s,
    );
    expect(await why('{"scenario":"none/such"}')).toMatch(/at scenario/);
  });

  it.each([
    ['what is not JSON', 'steps', 400],
    ['a bad script', '{"steps":[{"answer":"maybe"}]}', 400],
    ['a script without end', `"${'x'.repeat(1_100_000)}"`, 413],
  ])('refuses %s and says why', async (_what, body, status) => {
    const response = await create(body);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ error: expect.any(String) as string });
    expect((await fetch(`${simulator.origin}/nowhere`)).status).toBe(404);
  });
});

describe('malformed requests', () => {
  it.each([
    ['no HTTP at all', '\x16\x03\x01 hello\r\n\r\n', 400],
    ['a target that is no URL', 'GET // HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 404],
    ['a port out of range', 'GET :99999 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
    ['a bad escape', 'GET /r4/%/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 404],
    ['a huge header', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 400],
  ])('answers %s', async (_what, text, status) => {
    expect(await raw(text)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect((await fetch(simulator.createExport().statusUrl)).status).toBe(202);
  });
});

describe('a body over the limit', () => {
  it('is let pass, so that the connection can take the next request', async () => {
    const body = 'x'.repeat(2_000_000);
    const tooLarge = `POST /_simulator/exports HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const next = 'GET /_simulator/exports HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const answers = await raw(tooLarge + next);
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
  });
});

describe('stop', () => {
  it('ends answers that hang and can be called twice', async () => {
    const { statusUrl } = simulator.createExport({
      steps: [{ answer: 'in-progress', fault: 'hang' }],
    });
    const hanging = fetch(statusUrl).catch(String);
    while (simulator.record.requests.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await Promise.all([simulator.stop(), simulator.stop()]);
    expect(await hanging).toMatch(/fetch failed/);
  });
});
