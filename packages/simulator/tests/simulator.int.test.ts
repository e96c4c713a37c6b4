import {
  demoClient,
  operationOutcome,
  oracleExport,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '@bulkwatch/simulator';
import { afterEach, describe, expect, it } from 'vitest';

const running: Simulator[] = [];
const start = async (options?: SimulatorOptions) => {
  const simulator = await startSimulator(options);
  running.push(simulator);
  return simulator;
};
afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.stop()));
});

const basic = (id: string, secret: string) =>
  `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;

const requestToken = (
  simulator: Simulator,
  body = 'grant_type=client_credentials&scope=system%2FPatient.read',
  authorization = basic(demoClient.id, demoClient.secret),
) =>
  fetch(simulator.tokenUrl, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
    body,
  });

const bearer = async (simulator: Simulator) => {
  const granted = (await (await requestToken(simulator)).json()) as { access_token: string };
  return { authorization: `Bearer ${granted.access_token}` };
};

const issueCode = async (response: Response) => {
  expect(response.headers.get('content-type')).toBe('application/fhir+json');
  const outcome = (await response.json()) as ReturnType<typeof operationOutcome>;
  expect(outcome.resourceType).toBe('OperationOutcome');
  return outcome.issue[0]?.code;
};

describe('token endpoint', () => {
  it('grants a token as Oracle Health does', async () => {
    const response = await requestToken(await start());
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({
      access_token: expect.stringMatching(/^[\w-]{43}$/) as string,
      token_type: 'Bearer',
      expires_in: 570,
      scope: 'system/Patient.read',
    });
  });

  it('takes an id and a secret that need encoding', async () => {
    const client = { clientId: 'a:b+c', clientSecret: 'ä &=%' };
    const simulator = await start(client);
    const authorization = basic(client.clientId, client.clientSecret);
    expect((await requestToken(simulator, undefined, authorization)).status).toBe(200);
  });

  it.each([
    ['another secret', undefined, basic(demoClient.id, 'guess'), 401, 'invalid_client'],
    ['no Basic', undefined, 'Bearer x', 401, 'invalid_client'],
    ['no grant type', 'scope=x', undefined, 400, 'invalid_request'],
    ['another grant type', 'grant_type=password', undefined, 400, 'unsupported_grant_type'],
    ['an endless body', 'x'.repeat(100_000), undefined, 413, 'invalid_request'],
  ])('refuses %s', async (_what, body, authorization, status, error) => {
    const simulator = await start();
    const response = await requestToken(simulator, body, authorization);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error, error_uri: expect.any(String) as string });
    expect(simulator.record.tokenRequests).toMatchObject([{ status }]);
  });
});

describe('status URL', () => {
  it('is in progress, then complete with the manifest, then so for ever', async () => {
    const simulator = await start({ now: () => Date.UTC(2026, 0, 1) });
    const { id, statusUrl } = simulator.createExport(
      oracleExport({ polls: 1, retryAfterSeconds: 600, error: [{ type: 'OperationOutcome' }] }),
    );
    const headers = { ...(await bearer(simulator)), accept: 'application/fhir+json' };

    const first = await fetch(statusUrl, { headers });
    expect(first.status).toBe(202);
    expect(await first.text()).toBe('');
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'retry-after': '600',
      'x-progress': 'in-progress',
      'opc-request-id': simulator.record.requests[0]?.requestId,
    });

    const second = await fetch(statusUrl, { headers });
    expect(second.status).toBe(200);
    expect(second.headers.get('content-type')).toBe('application/json');
    expect(second.headers.get('expires')).toBe('Sat, 31 Jan 2026 00:00:00 GMT');
    const files = statusUrl.replace('/jobs/', '/files/');
    expect(await second.json()).toEqual({
      transactionTime: '2026-01-01T00:00:00.000Z',
      request: expect.stringMatching(
        /\/Group\/[\w-]+\/\$export\?_type=Patient,Observation$/,
      ) as string,
      requiresAccessToken: true,
      output: [
        { type: 'Patient', url: `${files}/0`, count: 3 },
        { type: 'Observation', url: `${files}/1`, count: 3 },
      ],
      error: [{ type: 'OperationOutcome', url: `${files}/2`, count: 3 }],
    });
    expect((await fetch(statusUrl, { headers })).status).toBe(200);
    expect(simulator.record.requestsOf(id)).toHaveLength(3);
  });

  it('needs a token that is known and alive', async () => {
    let nowMs = 0;
    const simulator = await start({ now: () => nowMs, tokenLifeSeconds: 10 });
    const { id, statusUrl } = simulator.createExport();
    const headers = await bearer(simulator);
    expect(await issueCode(await fetch(statusUrl))).toBe('login');
    expect((await fetch(statusUrl, { headers })).status).toBe(202);
    nowMs = 10_000;
    const late = await fetch(statusUrl, { headers });
    expect(late.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect(await issueCode(late)).toBe('expired');
    const fresh = await bearer(simulator);
    simulator.revokeTokens();
    expect((await fetch(statusUrl, { headers: fresh })).status).toBe(401);
    expect(simulator.record.requestsOf(id).map(({ authorized }) => authorized)).toEqual([
      false,
      true,
      false,
      false,
    ]);
  });

  it('can do without tokens', async () => {
    const simulator = await start({ requireToken: false });
    expect((await fetch(simulator.createExport().statusUrl)).status).toBe(202);
  });

  it('forgets an export that is deleted, and says 404 of what it never knew', async () => {
    const simulator = await start({ requireToken: false });
    const { statusUrl } = simulator.createExport();
    expect((await fetch(statusUrl, { method: 'DELETE' })).status).toBe(202);
    const again = await fetch(statusUrl, { method: 'DELETE' });
    expect([again.status, await issueCode(again)]).toEqual([404, 'deleted']);
    expect(await issueCode(await fetch(statusUrl))).toBe('deleted');
    expect(await issueCode(await fetch(`${statusUrl}x`))).toBe('not-found');
    expect(await issueCode(await fetch(statusUrl.replace('/r4/', '/r4/other-')))).toBe('not-found');
    expect((await fetch(statusUrl, { method: 'PUT' })).headers.get('allow')).toBe(
      'GET, DELETE, PATCH',
    );
  });

  it('answers 406 with no body to a client that takes no JSON', async () => {
    const simulator = await start({ requireToken: false });
    const { statusUrl } = simulator.createExport();
    const response = await fetch(statusUrl, { headers: { accept: 'text/html' } });
    expect([response.status, await response.text()]).toEqual([406, '']);
    for (const accept of ['*/*', 'application/json', 'text/plain, application/fhir+json;q=0.9']) {
      expect((await fetch(statusUrl, { headers: { accept } })).status).toBe(202);
    }
  });
});

describe('scripted answers', () => {
  it('sends status, headers and body as they are written', async () => {
    const simulator = await start({ requireToken: false });
    const { statusUrl } = simulator.createExport({
      steps: [
        {
          answer: 'status',
          status: 503,
          retryAfterSeconds: 'in a while',
          body: operationOutcome({ code: 'transient', text: 'Try again.' }),
        },
        { answer: 'status', status: 500, headers: { 'X-A': ['1', '2'] }, body: '<html>' },
        { answer: 'complete', headers: { Expires: null, 'Content-Type': 'text/html' } },
        { answer: 'complete', body: { output: [] } },
        { answer: 'complete', body: new Uint8Array([1, 2, 3]) },
      ],
    });
    const unavailable = await fetch(statusUrl);
    expect([unavailable.status, unavailable.headers.get('retry-after')]).toEqual([
      503,
      'in a while',
    ]);
    expect(await issueCode(unavailable)).toBe('transient');
    const broken = await fetch(statusUrl);
    expect([broken.headers.get('x-a'), await broken.text()]).toEqual(['1, 2', '<html>']);
    const odd = await fetch(statusUrl);
    expect(odd.headers.get('expires')).toBeNull();
    expect(odd.headers.get('content-type')).toBe('text/html');
    expect(await (await fetch(statusUrl)).json()).toEqual({ output: [] });
    expect(Buffer.from(await (await fetch(statusUrl)).arrayBuffer())).toEqual(Buffer.of(1, 2, 3));
  });

  it('breaks an answer as it is told to, and records what was sent of it', async () => {
    const simulator = await start({ requireToken: false });
    const { statusUrl } = simulator.createExport({
      steps: [
        { answer: 'in-progress', fault: 'reset' },
        { answer: 'complete', fault: 'truncate' },
        { answer: 'in-progress', fault: 'truncate' },
        { answer: 'in-progress', fault: 'hang' },
        { answer: 'in-progress', delayMs: 60_000 },
        { answer: 'in-progress', delayMs: 80, retryAfterSeconds: 0 },
      ],
    });
    await expect(fetch(statusUrl)).rejects.toThrow(/fetch failed/);
    for (let poll = 0; poll < 2; poll += 1) {
      const cutShort = await fetch(statusUrl);
      await expect(cutShort.text()).rejects.toThrow(/terminated/);
    }
    for (let poll = 0; poll < 2; poll += 1) {
      await expect(fetch(statusUrl, { signal: AbortSignal.timeout(50) })).rejects.toThrow(
        /timeout/,
      );
    }
    expect((await fetch(statusUrl)).status).toBe(202);
    const { requests } = simulator.record;
    expect(requests.map(({ status }) => status)).toEqual([null, 200, 202, null, null, 202]);
    expect(requests.map(({ answeredAtMs }) => answeredAtMs !== null)).toEqual([
      false,
      false,
      false,
      false,
      false,
      true,
    ]);
    const last = requests.at(-1);
    expect(Number(last?.answeredAtMs) - Number(last?.receivedAtMs)).toBeGreaterThanOrEqual(79);
    expect(requests.every(({ closedAtMs }) => closedAtMs !== null)).toBe(true);
  });

  it('throws on a bad script and on an id that is taken', async () => {
    const simulator = await start();
    expect(() => simulator.createExport({ steps: [] })).toThrow(/steps/);
    simulator.createExport(oracleExport({ id: 'mine' }));
    expect(() => simulator.createExport(oracleExport({ id: 'mine' }))).toThrow(/mine/);
  });
});

describe('record', () => {
  it('finds the polls that came before they were asked to, and those in flight at once', async () => {
    const simulator = await start({ requireToken: false });
    const patient = simulator.createExport(oracleExport({ retryAfterSeconds: 1 }));
    const hasty = simulator.createExport(oracleExport({ retryAfterSeconds: 60 }));
    await Promise.all([fetch(patient.statusUrl), fetch(hasty.statusUrl)]);
    await new Promise((resolve) => setTimeout(resolve, 1_002));
    await Promise.all([fetch(patient.statusUrl), fetch(hasty.statusUrl)]);
    const early = simulator.record.earlyPolls();
    expect(early.map(({ exportId }) => exportId)).toEqual([hasty.id]);
    expect(simulator.record.earlyPolls(59_500)).toEqual([]);

    const slow = simulator.createExport({ steps: [{ answer: 'in-progress', delayMs: 50 }] });
    await Promise.all([fetch(slow.statusUrl), fetch(slow.statusUrl), fetch(slow.statusUrl)]);
    expect(simulator.record.maxConcurrency(slow.id)).toBe(3);
  });
});

describe('kick-off and files', () => {
  it('can be walked through from kick-off to the last file', async () => {
    const simulator = await start({ kickedOff: oracleExport({ polls: 0 }) });
    const headers = await bearer(simulator);
    const kickOffUrl = `${simulator.origin}/r4/hospital/Group/cohort/$export?_type=Patient,Condition`;
    expect(await issueCode(await fetch(kickOffUrl))).toBe('login');
    expect(await issueCode(await fetch(kickOffUrl, { headers }))).toBe('required');
    const kickOff = await fetch(kickOffUrl, {
      method: 'POST',
      headers: { ...headers, prefer: 'respond-async' },
      body: '{"resourceType":"Parameters"}',
    });
    expect(kickOff.status).toBe(202);
    const status = await fetch(String(kickOff.headers.get('content-location')), { headers });
    const manifest = (await status.json()) as { request: string; output: { url: string }[] };
    expect(manifest.request).toBe(kickOffUrl);
    const fileUrl = manifest.output[1]?.url ?? '';
    expect((await fetch(fileUrl)).status).toBe(401);
    const file = await fetch(fileUrl, { headers });
    expect(file.headers.get('content-type')).toBe('application/fhir+ndjson');
    const lines = (await file.text()).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
      [1, 2, 3].map((number) => ({ resourceType: 'Condition', id: `condition-${number}` })),
    );
    expect((await fetch(`${fileUrl}00`, { headers })).status).toBe(404);
  });
});
