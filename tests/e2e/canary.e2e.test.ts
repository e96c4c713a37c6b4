import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Job } from '@bulkwatch/contract';
import {
  type Canary,
  type Evidence,
  eventually,
  findCanaries,
  newSecret,
  startProcess,
} from '@bulkwatch/testkit';
import { Redis as RedisClient } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allowances } from './canary/allowances.js';
import { misplacedIn } from './canary/misplaced-in.js';
import {
  canariesOf,
  credentialNames,
  type Planted,
  plantSecrets,
  writeSettings,
} from './canary/planted.js';
import { redisEvidence } from './canary/redis-evidence.js';
import {
  type AnswerName,
  answers,
  fileSignature,
  pageSignature,
  startTalkativeProvider,
  type TalkativeProvider,
} from './canary/talkative-provider.js';
import { type Fleet, portOf, startFleet } from './fleet.js';
import { startCollector } from './trace-collector.js';

const cli = fileURLToPath(new URL('../../packages/cli/bin/bulkwatch.mjs', import.meta.url));

let folder: string;
let provider: TalkativeProvider;
let collector: Awaited<ReturnType<typeof startCollector>>;
let planted: Planted;
let settings: Record<string, string>;
let fleet: Fleet;
let redis: RedisClient;
let apiKey: string;
/** No secret: what must be found, so that it is known where is looked. */
const control = newSecret();
const evidence: Evidence[] = [];
const note = (place: string, text: string): void => void evidence.push({ place, text });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bulkwatch-canary-'));
  provider = await startTalkativeProvider();
  collector = await startCollector();
  planted = plantSecrets();
  settings = await writeSettings(planted, { folder, origin: provider.origin });
  fleet = await startFleet(
    {
      ...settings,
      BULKWATCH_LOG_LEVEL: 'trace',
      BULKWATCH_DANGEROUSLY_ALLOW_ANONYMOUS: 'false',
      BULKWATCH_TRACING: 'true',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    },
    {
      redis: {
        settings: {
          requirepass: planted.redisPassword,
          rdbcompression: 'no',
          'slowlog-log-slower-than': '0',
          'slowlog-max-len': '100000',
        },
      },
      redisUrl: (_caller, { port }) => redisUrl(port, planted.redisPassword),
    },
  );
  redis = new RedisClient(redisUrl(fleet.redis.port, planted.redisPassword));
  redis.on('error', () => undefined);
  apiKey = await createApiKey();
});
afterAll(async () => {
  redis?.disconnect();
  await fleet?.stop();
  await provider?.stop();
  collector?.stop();
  await rm(folder, { recursive: true, force: true });
});

const redisUrl = (port: number, password: string): string =>
  `redis://:${password}@127.0.0.1:${port}`;

const services = ['api', 'worker'].map((name) =>
  fileURLToPath(new URL(`../../services/${name}/dist/main.js`, import.meta.url)),
);

/** Runs a program of ours to its end and returns what it wrote. */
async function runToEnd(args: string[], env: Record<string, string> = {}): Promise<string> {
  const run = await startProcess({
    command: process.execPath,
    args,
    env: {
      PATH: process.env['PATH'] ?? '',
      ...settings,
      BULKWATCH_LOG_LEVEL: 'trace',
      BULKWATCH_DANGEROUSLY_ALLOW_HTTP: 'true',
      BULKWATCH_REDIS_URL: redisUrl(fleet.redis.port, planted.redisPassword),
      BULKWATCH_REDIS_CONNECT_TIMEOUT: '1s',
      ...env,
    },
  });
  await run.exited;
  return run.lines().join('\n');
}

const runCli = (args: string[], env?: Record<string, string>) => runToEnd([cli, ...args], env);

/** Programs that cannot start, because a secret is wrong or stands where another file was meant. */
async function startInVain(): Promise<void> {
  const { wrongPassword } = planted;
  const mistakes: Record<string, Record<string, string>> = {
    'a wrong password': { BULKWATCH_REDIS_URL: redisUrl(fleet.redis.port, wrongPassword) },
    'a wrong scheme': { BULKWATCH_REDIS_URL: `http://:${wrongPassword}@127.0.0.1` },
    'a URL that is none': { BULKWATCH_REDIS_URL: `redis://:${wrongPassword}@127.0.0.1:port` },
    'a token for keys': { BULKWATCH_SEAL_KEYS_FILE: join(folder, 'static.token') },
    'a key for credentials': { BULKWATCH_CREDENTIALS_FILE: join(folder, 'key.pem') },
    'keys for credentials': { BULKWATCH_CREDENTIALS_FILE: join(folder, 'key.jwk') },
    'a key for tenants': { BULKWATCH_TENANTS_FILE: join(folder, 'key.jwk') },
    'credentials for presets': { BULKWATCH_PRESETS_FILE: join(folder, 'credentials.json') },
  };
  for (const [mistake, env] of Object.entries(mistakes))
    for (const main of services) note(`start with ${mistake}`, await runToEnd([main], env));
  const wrong = { BULKWATCH_REDIS_URL: redisUrl(fleet.redis.port, wrongPassword) };
  note('cli with a wrong password', await runCli(['keys', 'list'], wrong));
  const inVain = Object.entries(mistakes).map(async ([mistake, env]) =>
    note(`doctor with ${mistake}`, await runCli(['doctor'], env)),
  );
  await Promise.all(inVain);
  note('cli with a secret for a verb', await runCli(['keys', planted.misplaced]));
}

/** Everything that the doctor can say, with a credential of ours and a URL that holds a secret. */
async function consultDoctor(credential: string, ...more: string[]): Promise<void> {
  const url = `${provider.origin}/jobs/1?sig=${planted.misplaced}`;
  const env = { BULKWATCH_API_URL: fleet.apiUrl, BULKWATCH_API_KEY: apiKey };
  const args = ['doctor', '--credential', credential, '--url', url, ...more];
  const told = await runCli(args, env);
  expect(told).toContain('redis-rights');
  expect(told).not.toContain(apiKey);
  note(`doctor of ${credential}`, told);
}

/** A while in which everything goes through a proxy that is not there. */
async function pollThroughNoProxy(): Promise<void> {
  const worker = await fleet.startWorker({
    env: { BULKWATCH_EGRESS_PROXY: `http://proxy:${planted.proxyPassword}@127.0.0.1:1` },
  });
  await pause(3_000);
  await worker.stop();
}

async function createApiKey(): Promise<string> {
  const scopes = ['--scope', 'jobs:read', '--scope', 'jobs:write'];
  const said = await runCli([
    'keys',
    'create',
    '--tenant',
    'default',
    '--name',
    'canary',
    ...scopes,
  ]);
  const [key = ''] = /bwk_\S+/.exec(said) ?? [];
  expect(key).not.toBe('');
  note('cli keys create', said.replace(key, ''));
  return key;
}

interface Call {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** A request to the api, its answer noted with all of its headers. */
async function call(method: string, path: string, { body, headers }: Call = {}): Promise<Response> {
  const response = await fetch(`${fleet.apiUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.clone().text();
  const batch = path.endsWith('/batch') ? ' batch' : '';
  const place = `${method} ${path.replace(/\?.*/, '')} ${response.status}${batch}`;
  note(place, `${JSON.stringify([...response.headers])}\n${text}`);
  return response;
}

interface Tracked {
  readonly export: string;
  readonly id: string;
}

const statusUrlOf = (name: string): string =>
  `${provider.origin}/exports/${name}?sig=${planted.urlToken}`;

async function register(answer: AnswerName, credential: string): Promise<Tracked> {
  const name = `${answer}/${credential}`;
  const secret =
    credential === 'submitted' ? { bearerToken: planted.submittedToken } : { credential };
  const headers = { 'idempotency-key': `${planted.idempotencyKey}${name}` };
  const body = { statusUrl: statusUrlOf(name), ...secret, reference: control };
  const response = await call('POST', '/v1/jobs', { body, headers });
  expect(response.status).toBe(201);
  return { export: name, id: ((await response.json()) as Job).id };
}

/** After these a new token is asked for, and the jobs of a credential wait long when it is not to be had. */
const refusals: readonly AnswerName[] = ['unauthorized', 'forbidden'];
const fromTokenEndpoint = ['basic', 'post', 'pem', 'jwk'];

/** Every way to answer for each sort of token; the other credentials differ in how theirs are got. */
async function registerAll(): Promise<Tracked[]> {
  const all = Object.keys(answers) as AnswerName[];
  const tracked: Tracked[] = [];
  for (const answer of all) {
    const credentials = ['static', 'submitted', ...(refusals.includes(answer) ? [] : ['basic'])];
    for (const credential of credentials) tracked.push(await register(answer, credential));
  }
  for (const credential of ['post', 'pem', 'jwk', 'hopeless'])
    tracked.push(await register('progress', credential));
  return tracked;
}

async function registerRefused(): Promise<Tracked[]> {
  const tracked: Tracked[] = [];
  for (const answer of refusals)
    for (const credential of fromTokenEndpoint) tracked.push(await register(answer, credential));
  return tracked;
}

/** Secrets where they do not belong: what is wrong with them must be said without them. */
async function misplaceSecrets(jobId: string): Promise<void> {
  const { misplaced, misplacedName } = planted;
  const good = { statusUrl: statusUrlOf('forever/never'), credential: 'basic' };
  const bodies = misplacedIn(planted, good);
  for (const body of bodies) {
    expect((await call('POST', '/v1/jobs', { body })).status).toBeGreaterThanOrEqual(400);
    await call('PATCH', `/v1/jobs/${jobId}`, { body });
  }
  const lines = bodies.map((body) => (typeof body === 'string' ? body : JSON.stringify(body)));
  const ndjson = { 'content-type': 'application/x-ndjson' };
  await call('POST', '/v1/jobs/batch', { body: lines.join('\n'), headers: ndjson });
  const tooLong = { 'idempotency-key': `${planted.idempotencyKey}${'x'.repeat(300)}` };
  await call('POST', '/v1/jobs', { body: good, headers: tooLong });
  for (const authorization of [
    `Bearer ${misplaced}`,
    `Basic ${misplaced}`,
    misplaced,
    `${apiKey}x`,
  ])
    await call('GET', '/v1/jobs', { headers: { authorization } });
  await call('GET', `/v1/jobs?cursor=${misplaced}&state=${misplaced}&${misplacedName}=1`);
  await call('GET', `/v1/jobs?access_token=${misplaced}`);
  await call('GET', `/v1/jobs/${apiKey}`);
  const jwt = { headers: { authorization: `Bearer ${planted.jwt}` } };
  expect((await call('GET', '/v1/jobs', jwt)).status).toBe(200);
  await call('GET', '/v1/jobs', { headers: { authorization: `Bearer ${planted.jwt}x` } });
}

/** Registers and amends while Redis cannot take it, so that errors carry commands. */
async function callInVain(jobId: string): Promise<void> {
  const body = { statusUrl: statusUrlOf('forever/in-vain'), bearerToken: planted.submittedToken };
  const headers = { 'idempotency-key': planted.idempotencyKey };
  expect((await call('POST', '/v1/jobs', { body, headers })).status).toBe(503);
  await call('PATCH', `/v1/jobs/${jobId}`, { body: { bearerToken: planted.replacementToken } });
}

/** Ways in which Redis takes no writes: without its replicas, full, and as a replica itself; and back. */
const writeRefusals = [
  ['CONFIG SET min-replicas-to-write 1', 'CONFIG SET min-replicas-to-write 0'],
  ['CONFIG SET maxmemory 1', 'CONFIG SET maxmemory 0'],
  ['REPLICAOF 127.0.0.1 1', 'REPLICAOF NO ONE'],
] as const;

async function refuseWrites(jobId: string): Promise<void> {
  const command = (text: string) => {
    const [name = '', ...args] = text.split(' ');
    return redis.call(name, ...args);
  };
  for (const [begin, end] of writeRefusals) {
    await command(begin);
    await callInVain(jobId);
    await pause(1_500);
    await command(end);
  }
}

async function killRedis(jobId: string): Promise<void> {
  evidence.push(...(await redisEvidence(redis)));
  await fleet.redis.kill();
  await callInVain(jobId);
  await pause(1_500);
  await fleet.redis.restart();
}

/** Files of secrets are replaced by ones that are wrong, and put right again. */
async function spoilFiles(): Promise<void> {
  const { BULKWATCH_CREDENTIALS_FILE: credentials = '', BULKWATCH_SEAL_KEYS_FILE: keys = '' } =
    settings;
  const good = await readFile(credentials, 'utf8');
  const { basicSecret, misplaced, sealKey, laterSealKey } = planted;
  const entry = { name: misplaced, kind: misplaced, origins: [misplaced] };
  const wrong = [
    // Broken in the middle of a secret: a parser might quote what is around.
    good.slice(0, good.indexOf(basicSecret.slice(0, 20)) + 40),
    JSON.stringify({
      credentials: [
        { ...entry, clientSecret: basicSecret },
        { ...entry, kind: 'static-bearer', token: `${misplaced}\n` },
      ],
    }),
  ];
  await writeFile(keys, `k1 ${sealKey}\n${laterSealKey} ${laterSealKey}\n`);
  for (const text of wrong) {
    const before = rejections();
    await writeFile(credentials, text);
    // Once by the api, once by the worker.
    await eventually(() => expect(rejections()).toBeGreaterThan(before + 1), { timeoutMs: 15_000 });
  }
  const keysRejected = () => expect(fleet.output()).toContain('seal keys: line 2');
  await eventually(keysRejected, { timeoutMs: 10_000 });
  await writeFile(credentials, good);
  await writeFile(keys, `k1 ${sealKey}\nk2 ${laterSealKey}\n`);
}

const rejections = (): number => fleet.output().split('changed credentials rejected').length;

async function readEverything(tracked: readonly Tracked[]): Promise<void> {
  for (const { id } of tracked)
    for (const part of ['', '/polls', '/manifest']) await call('GET', `/v1/jobs/${id}${part}`);
  await call('GET', '/v1/jobs?limit=200');
}

async function noteMetrics(name: string, url: string): Promise<void> {
  const answer = await fetch(url);
  expect(answer.status).toBe(200);
  note(`metrics of the ${name}`, await answer.text());
}

const opsUrl = (port: number): string => `http://127.0.0.1:${port}/metrics`;

/**
 * Secrets are planted wherever the house takes one, everything goes wrong at the most verbose log level, with a
 * provider that repeats what it hears, and then nothing that is left behind may hold any of them.
 */
describe('planted secrets', () => {
  let tracked: Tracked[];
  /** Jobs that end with signed URLs, of each way in which those come. */
  const signedJobs = (): string[] =>
    tracked
      .filter((one) => /^(progress|partly|in-pages)\/static$/.test(one.export))
      .map(({ id }) => id);

  it('go through everything that can go wrong', async () => {
    const subscriber = redis.duplicate();
    subscriber.on('error', () => undefined);
    subscriber.on('pmessage', (_pattern, channel: string, text: string) =>
      note(`published ${channel}`, text),
    );
    await subscriber.psubscribe('*');

    const first = await fleet.startWorker();
    tracked = await registerAll();
    const submitted = tracked.find((one) => one.export === 'unauthorized/submitted')?.id ?? '';
    await misplaceSecrets(submitted);
    const ends = [...fromTokenEndpoint, 'static', 'submitted'].map(
      (credential) => `progress/${credential}`,
    );
    await eventually(() => expect(ends.filter((name) => provider.pollsOf(name) < 4)).toEqual([]), {
      timeoutMs: 60_000,
    });
    tracked.push(...(await registerRefused()));
    await eventually(() => expect(provider.troubled()).toHaveLength(5), { timeoutMs: 30_000 });
    await refuseWrites(submitted);
    await first.kill();
    const second = await fleet.startWorker();
    await killRedis(submitted);
    const replaced = async () => {
      const body = { bearerToken: planted.replacementToken };
      expect((await call('PATCH', `/v1/jobs/${submitted}`, { body })).status).toBe(200);
    };
    await eventually(replaced, { timeoutMs: 20_000, everyMs: 500 });
    await consultDoctor('hopeless');
    await consultDoctor('jwk', '--json');
    await spoilFiles();
    const readSigned = async () => {
      for (const id of signedJobs())
        expect((await call('GET', `/v1/jobs/${id}/manifest`)).status).toBe(200);
    };
    await eventually(readSigned, { timeoutMs: 30_000, everyMs: 500 });
    const doomed = tracked.find((one) => one.export === 'forever/basic')?.id;
    await call('DELETE', `/v1/jobs/${doomed}?provider=true`);
    note('cli keys list', await runCli(['keys', 'list']));
    note('cli seal rotate', await runCli(['seal', 'rotate']));
    await startInVain();
    await readEverything(tracked);
    await noteMetrics('api', opsUrl(portOf(fleet.api, 'api listening', 'opsPort')));
    await noteMetrics('worker', opsUrl(portOf(second, 'worker running', 'opsPort')));
    await second.stop();
    await pollThroughNoProxy();
    subscriber.disconnect();
    const dump = await fleet.dumpRedis();
    for (const line of dump.split('\n')) note(`redis key ${line.split(' ', 1)[0]}`, line);
    evidence.push(...(await redisEvidence(redis)));
    await fleet.api.stop();
    for (const body of collector.bodies) note('traces', body);
    fleet
      .output()
      .split('\n')
      .forEach((line) => note(`log: ${messageOf(line)}`, line));
  });

  it('were there to be found', () => {
    for (const name of credentialNames)
      expect(provider.pollsOf(`progress/${name}`) > 0, name).toBe(name !== 'hopeless');
    expect(provider.secrets.size).toBeGreaterThan(8);
    expect(fleet.output()).toContain('"level":"debug"');
    const places = evidence.map(({ place }) => place);
    expect(places).toEqual(
      expect.arrayContaining([
        'metrics of the api',
        'metrics of the worker',
        'traces',
        'redis file dump.rdb',
      ]),
    );
    // Each way in which signed URLs come: in a manifest, in parts of one, and in pages.
    const signed = findCanaries([{ name: 'signature', value: fileSignature }], evidence, []);
    for (const id of signedJobs())
      expect(signed).toContain(`signature, plain, in GET /v1/jobs/${id}/manifest 200`);
    for (const kind of ['manifest', 'pages'])
      expect(places.join('\n')).toContain(`redis key {bulkwatch}:${kind}:`);
    const partial = evidence.filter(({ place }) => place === 'published bulkwatch:events:partial');
    expect(partial.some(({ text }) => text.includes('https://ehr.example.org/1?…'))).toBe(true);
    const found = findCanaries([{ name: 'control', value: control }], evidence, []).join('\n');
    for (const place of [
      'redis SLOWLOG',
      'redis file dump.rdb',
      'redis file appendonly.aof.1.incr.aof',
      'redis key {bulkwatch}:events',
      'redis key {bulkwatch}:job:',
      'published bulkwatch:events:registered',
      'POST /v1/jobs 201',
      'GET /v1/jobs 200',
    ])
      expect(found).toContain(`control, plain, in ${place}`);
  });

  it.each([
    ['plain', (text: string) => `x ${text}`],
    ['its beginning', (text: string) => text.slice(0, 13)],
    ['URL-encoded', (text: string) => new URL(`http://a/?q=${encodeURIComponent(text)}`).search],
    ['base64', (text: string) => Buffer.from(`{"a":"${text}"}`).toString('base64')],
    ['base64url', (text: string) => Buffer.from(`id:${text}`).toString('base64url')],
    ['hex', (text: string) => Buffer.from(text).toString('hex').toUpperCase()],
  ])('would be found %s', (spelling, write) => {
    const canary = { name: 'a', value: `${control}/+? ` };

    expect(findCanaries([canary], [{ place: 'b', text: write(canary.value) }], [])).toContain(
      `a, ${spelling}, in b`,
    );
  });

  it('are found nowhere', () => {
    const canaries: Canary[] = [
      ...canariesOf(planted),
      { name: 'api key', value: apiKey.replace(/^bwk_[0-9a-f]{16}_/, '') },
      { name: 'file signature', value: fileSignature },
      { name: 'page signature', value: pageSignature },
      ...[...provider.secrets].map((value) => ({
        name: 'access token or assertion',
        value: value.split('.').length === 3 ? (value.split('.')[2] ?? '') : value,
      })),
    ];
    expect(findCanaries(canaries, evidence, allowances)).toEqual([]);
  });
});

/** The message of a log line, so that a leak tells which line it was. */
function messageOf(line: string): string {
  return /"msg":"([^"]*)"/.exec(line)?.[1] ?? 'no message';
}
