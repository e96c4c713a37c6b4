import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  demoClient,
  type ExportScript,
  type Simulator,
  startSimulator,
} from '@bulkwatch/simulator';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Api,
  authenticating,
  newStatusUrl,
  setupApi,
  setupWorker,
} from '../../../services/api/tests/harness.js';
import { type Around, runCommand } from './run-command.js';

let simulator: Simulator;
let guarded: Simulator;
let folder: string;
beforeAll(async () => {
  simulator = await startSimulator({ requireToken: false });
  guarded = await startSimulator();
});
afterAll(() => Promise.all([simulator.stop(), guarded.stop()]));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bulkwatch-download-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** The manifest of an export that is complete, as its provider sends it. */
async function manifestOf(script: Partial<ExportScript>, headers = {}, of = simulator) {
  const { statusUrl } = of.createExport({ steps: [{ answer: 'complete' }], ...script });
  const answer = await fetch(statusUrl, {
    headers: { Accept: 'application/fhir+json', ...headers },
  });
  return answer.text();
}

async function fileOf(text: string, name = 'manifest.json'): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

function download(args: readonly string[], around?: Around) {
  const to = ['--to', join(folder, 'files'), '--dangerously-allow-http'];
  return runCommand(['download', ...args, ...to], around);
}

const output = [
  { type: 'Patient', count: 2 },
  { type: 'Observation', count: 50 },
];

describe('bulkwatch download', () => {
  it('fetches the files of a manifest, and not once more what is there', async () => {
    const file = await fileOf(await manifestOf({ output }));
    const first = await download([file]);
    const again = await download([file, '--concurrency', '1']);

    expect(first).toMatchObject({ code: 0, said: `All 2 files are in ${join(folder, 'files')}.` });
    expect(first.out.map((line) => line.replace(/ +/g, ' '))).toEqual([
      'FILE STATE LINES SIZE REASON',
      expect.stringMatching(/^Patient-0001.ndjson complete 2 \d+ B -$/),
      expect.stringMatching(/^Observation-0002.ndjson complete 50 [\d.]+ kB -$/),
    ]);
    expect(again.out.join()).toMatch(/was there.*was there/);
    const lines = await readFile(join(folder, 'files/Observation-0002.ndjson'), 'utf8');
    expect(lines.trimEnd().split('\n')).toHaveLength(50);
  });

  it('takes the manifest from standard input, and writes one document', async () => {
    const stdin = await manifestOf({ output });
    const { code, out } = await download(['-', '--json'], { stdin });

    expect(code).toBe(0);
    expect(JSON.parse(out[0] ?? '')).toMatchObject({
      complete: true,
      files: [{ kind: 'complete', lines: 2 }, { lines: 50 }],
    });
    expect(await readdir(join(folder, 'files'))).toContain('index.json');
  });

  it('draws bars on a terminal, and the outcome in their place', async () => {
    const file = await fileOf(await manifestOf({ output }));
    const screen = { columns: 100, rows: 24 };
    const { out } = await download([file], { screen, env: { NO_COLOR: '1' } });

    expect(out.join('\n')).toContain('2 of 2 files');
    expect(out.at(-1)).toContain('A\r\u001b[JFILE');
    expect(out.at(-1)?.split('\n')).toHaveLength(3);
  });

  it('says which files are not there, and goes on with them', async () => {
    const [one = output[0], two] = output;
    const broken = { output: [one, { ...two, steps: [{ status: 404 }] }] } as Partial<ExportScript>;
    const file = await fileOf(await manifestOf(broken));
    const first = await download([file]);
    const again = await download([file]);

    expect(first.code).toBe(1);
    expect(first.out.join()).toMatch(/Observation-0002.ndjson +failed +- +- +link-expired/);
    expect(first.said).toContain('1 of 2 files are not there');
    expect(again.code).toBe(0);
  });

  it('sends the token where it belongs, and shows it nowhere', async () => {
    const token = await tokenOf(guarded);
    const authorization = { authorization: `Bearer ${token}` };
    const file = await fileOf(await manifestOf({ output }, authorization, guarded));
    const without = await download([file]);
    const tokenFile = await fileOf(`${token}\n`, 'token');
    const elsewhere = ['--token-origin', 'https://elsewhere.example'];
    const astray = await download([file, '--credential-token-file', tokenFile, ...elsewhere]);
    const withIt = await download([file, '--credential-token-file', tokenFile]);

    expect(without.out.join()).toContain('token-missing');
    expect(astray.out.join()).toContain('token-missing');
    expect(withIt.code).toBe(0);
    expect(JSON.stringify([without, astray, withIt])).not.toContain(token);
  });

  it.each([
    [[], 2, /--to must name/],
    [['--to', 'x'], 2, /Name one job/],
    [['a', 'b', '--to', 'x'], 2, /Name one job/],
    [['not-here.json', '--to', 'x'], 1, /not-here.json cannot be read: ENOENT/],
    [['-', '--to', 'x'], 1, /- is no manifest/],
    [['a', '--to', 'x', '--concurrency', '101'], 2, /--concurrency must be/],
    [['a.json', '--to', 'x', '--fresh-links'], 2, /--fresh-links is for jobs/],
    [['-', '--to', 'x', '--credential-token-file', '-'], 2, /cannot be both/],
    [['-', '--to', 'x', '--token-origin', 'ehr.example/x'], 2, /must be an origin/],
  ])('refuses %j', async (args, exit, says) => {
    const { code, said } = await runCommand(['download', ...args], { stdin: '{"sig": "canary"}' });

    expect(said).toMatch(says);
    expect(code).toBe(exit);
    expect(said).not.toContain('canary');
  });

  it('says of what folder it is that cannot be used, or is of another export', async () => {
    const file = await fileOf(await manifestOf({ output }));
    await download([file]);
    const other = await fileOf(await manifestOf({ output: output.slice(1) }), 'other.json');
    const inAFile = await runCommand(['download', file, '--to', join(file, 'x')]);

    expect(await download([other])).toMatchObject({
      code: 1,
      said: expect.stringContaining('folder-of-another-export') as string,
    });
    expect(inAFile).toMatchObject({ code: 1, said: expect.stringMatching(/ENOTDIR/) as string });
  });
});

async function tokenOf({ tokenUrl }: Simulator): Promise<string> {
  const { id, secret } = demoClient;
  const answer = await fetch(tokenUrl, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

describe('bulkwatch download of a job', () => {
  let api: Api;
  let worker: Awaited<ReturnType<typeof setupWorker>>;
  let env: Record<string, string>;
  beforeAll(async () => {
    api = await setupApi(authenticating);
    worker = await setupWorker(api.redis);
    env = {
      BULKWATCH_API_URL: `http://127.0.0.1:${api.port}`,
      BULKWATCH_API_KEY: await api.keyOf('default', 'jobs:read', 'jobs:write'),
    };
  });
  afterAll(async () => {
    await worker.close();
    await api.stop();
  });

  it('has its manifest from the api, once there is one', async () => {
    const registered = await runCommand(['register', newStatusUrl()], { env });
    const id = registered.out[0]?.split(' ')[0] ?? '';
    const early = await download([id], { env });
    await worker.complete(id, Buffer.from(await manifestOf({ output })));
    const done = await download([id], { env });

    expect(early).toMatchObject({ code: 3, out: [] });
    expect(early.said).toContain('manifest-not-ready');
    expect(done.code).toBe(0);
    expect(await readdir(join(folder, 'files'))).toContain('Patient-0001.ndjson');
  });
});
