import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from '@bulkwatch/client';
import { demoClient } from '@bulkwatch/simulator';
import { eventually, freePort, type RunningProcess, startProcess } from '@bulkwatch/testkit';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Fleet, startFleet } from './fleet.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
let fleet: Fleet;
let folder: string;
let receiverPort: number;
const started: RunningProcess[] = [];
beforeAll(async () => {
  receiverPort = await freePort();
  fleet = await startFleet({
    BULKWATCH_WEBHOOK_ORIGINS: `http://127.0.0.1:${receiverPort}`,
  });
  await fleet.startWorker();
  folder = await mkdtemp(join(tmpdir(), 'bulkwatch-examples-'));
});
afterAll(async () => {
  await Promise.all(started.map((child) => child.kill()));
  await fleet?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Runs an example as its first lines say. */
async function run(command: string, args: readonly string[], env: Record<string, string> = {}) {
  const child = await startProcess({
    command,
    args,
    cwd: root,
    env: {
      PATH: process.env['PATH'] ?? '',
      BULKWATCH_API_URL: fleet.apiUrl,
      BULKWATCH_REDIS_URL: fleet.redis.url,
      ...env,
    },
  });
  started.push(child);
  return child;
}

/** An export of two files, the second of which breaks off once. */
const newExport = () =>
  fleet.simulator.createExport({
    steps: [
      { answer: 'in-progress', retryAfterSeconds: 0, progress: '40% complete' },
      { answer: 'complete' },
    ],
    output: [
      { type: 'Patient', count: 2 },
      { type: 'Observation', count: 50, steps: [{ fault: 'truncate' }] },
    ],
  });

async function tokenOfProvider(): Promise<string> {
  const { id, secret } = demoClient;
  const response = await fetch(fleet.simulator.tokenUrl, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'system/*.read' }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

it('register-and-wait.mjs tells how the export goes, and what it brought', async () => {
  const { statusUrl } = newExport();
  const child = await run(process.execPath, [
    'examples/register-and-wait.mjs',
    statusUrl,
    'oracle',
  ]);

  expect((await child.exited).code).toBe(0);
  const lines = child.lines();
  expect(lines[0]).toMatch(/^registered [0-9a-f-]{36}$/);
  expect(lines).toContain('completed 40% complete');
  expect(lines.slice(-2)).toEqual([
    expect.stringMatching(/^Patient 2 http:.*\/0$/),
    expect.stringMatching(/^Observation 50 http:.*\/1$/),
  ]);
});

it('curl.sh does the same', async () => {
  const { statusUrl } = newExport();
  const child = await run('sh', ['examples/curl.sh', statusUrl, 'oracle']);

  expect((await child.exited).code).toBe(0);
  const lines = `${child.lines().join('\n')}\n`;
  expect(lines).toMatch(/^registered [0-9a-f-]{36}\n((registered|in-progress)\n)*completed\n/);
  expect(lines).toContain('"output":[{"type":"Patient"');
  const refused = await run('sh', ['examples/curl.sh', 'not-a-url']);
  expect((await refused.exited).code).toBe(1);
  expect(refused.lines().join('')).toContain('validation-failed');
});

it('subscribe-and-download.mjs loads what completes, once, to a folder for each export', async () => {
  const { statusUrl } = newExport();
  const env = { PROVIDER_TOKEN: await tokenOfProvider(), PROVIDER_IS_A_SIMULATOR: 'true' };
  const args = ['examples/subscribe-and-download.mjs', folder, 'loader-1'];
  const child = await run(process.execPath, args, env);
  const client = createClient({ baseUrl: fleet.apiUrl });
  const { job } = await client.registerJob({ statusUrl, credential: 'oracle' });
  await eventually(
    () =>
      expect(child.lines().filter((line) => line.startsWith(job.id))).toEqual([
        `${job.id} Patient-0001.ndjson 2 lines`,
        `${job.id} Observation-0002.ndjson 50 lines`,
      ]),
    { timeoutMs: 10_000 },
  );
  await client.republishEvent(job.id);

  expect((await child.stop()).code).toBe(0);
  expect(child.lines().filter((line) => line.startsWith(job.id))).toHaveLength(2);
  const patients = await readFile(join(folder, job.id, 'Patient-0001.ndjson'), 'utf8');
  expect(patients.trimEnd().split('\n')).toHaveLength(2);
});

/** Sends one command over a socket of its own, and gives what Redis replies, as it comes. */
function sendToRedis(words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(fleet.redis.port, '127.0.0.1');
    let reply = '';
    socket.setEncoding('utf8').on('data', (text) => {
      reply += String(text);
    });
    socket.on('error', reject).on('close', () => resolve(reply));
    const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('');
    socket.write(`*${words.length}\r\n${parts}*1\r\n$4\r\nQUIT\r\n`);
  });
}

it('subscribe.py sends commands that do what it says', async () => {
  const code = await readFile(join(root, 'examples/subscribe.py'), 'utf8');
  const commands = [...code.matchAll(/^ *# > (.+)$/gm)].map(([, line = '']) => line);
  const send = (start: string, entry = '') => {
    const line = commands.find((command) => command.startsWith(start)) ?? '';
    return sendToRedis(line.split(' ').map((word) => (word === 'ENTRY' ? entry : word)));
  };
  const client = createClient({ baseUrl: fleet.apiUrl });
  await client.registerJob({ statusUrl: newExport().statusUrl });

  expect(commands).toHaveLength(5);
  expect(await send('XGROUP')).toMatch(/^\+OK/);
  expect(await send('XGROUP')).toMatch(/^-BUSYGROUP/);
  const given = await send(commands.at(-1) ?? '');
  const [entry = ''] = /\b\d+-\d+\b/.exec(given) ?? [];
  expect(given).toContain('"type":"bulkwatch.export.registered"');
  expect(await send('XREADGROUP')).toContain(entry);
  // It is not dead yet, and that is alright: a cursor, no entries, none deleted.
  expect(await send('XAUTOCLAIM')).toMatch(/^\*[23]\r\n\$3\r\n0-0\r\n\*0/);
  expect(await send('XACK', entry)).toMatch(/^:1\r\n/);
  expect(await send('XREADGROUP')).not.toContain(entry);
});

describe('webhook-receiver.mjs', () => {
  it('is told when an export completes', async () => {
    const secret = `whsec_${btoa('a secret of this one job alone')}`;
    const args = ['examples/webhook-receiver.mjs', String(receiverPort)];
    const child = await run(process.execPath, args, { WEBHOOK_SECRET: secret });
    await eventually(() => expect(child.lines()[0]).toContain('listening on'));
    const url = `http://127.0.0.1:${receiverPort}/hooks`;
    const webhook = { url, secret, types: ['bulkwatch.export.completed'] };
    const { statusUrl } = newExport();
    const { id } = await fleet.register({ statusUrl, credential: 'oracle', webhook });

    await eventually(
      () => expect(child.lines().slice(1)).toEqual([`bulkwatch.export.completed ${id}`]),
      { timeoutMs: 15_000 },
    );
    await child.stop();
  });

  it('takes what is signed, once, and nothing else', async () => {
    const secret = `whsec_${btoa('a secret that is long enough')}`;
    const args = ['examples/webhook-receiver.mjs', '0'];
    const child = await run(process.execPath, args, { WEBHOOK_SECRET: secret });
    const url = await eventually(() => {
      const [, found] = /^listening on (.+)$/.exec(child.lines()[0] ?? '') ?? [];
      expect(found).toBeDefined();
      return found ?? '';
    });
    const body = JSON.stringify({ type: 'bulkwatch.export.completed', subject: 'job-1' });
    const post = async (id: string, at: Date, text = body, method = 'POST') => {
      const signature = new Webhook(secret).sign(id, at, body);
      const timestamp = String(Math.floor(at.getTime() / 1_000));
      const headers = {
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': signature,
      };
      return (await fetch(url, { method, headers, ...(method === 'POST' && { body: text }) }))
        .status;
    };
    const now = new Date();

    expect(await post('event-1', now)).toBe(204);
    expect(await post('event-1', now)).toBe(204);
    expect(await post('event-2', now, `${body} `)).toBe(401);
    expect(await post('event-3', new Date(now.getTime() - 600_000))).toBe(401);
    expect(await post('event-4', now, 'x'.repeat(2_000_000)).catch(() => 413)).toBe(413);
    expect(await post('event-5', now, '', 'GET')).toBe(405);
    expect((await child.stop()).code).toBe(0);
    expect(child.lines().slice(1)).toEqual([
      'bulkwatch.export.completed job-1',
      'refused: No matching signature found',
      'refused: Message timestamp too old',
    ]);
  });
});
