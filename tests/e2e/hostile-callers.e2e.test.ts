import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { apiFaults } from '@bulkwatch/chaos';
import type { JobList } from '@bulkwatch/contract';
import { eventually, type RunningProcess } from '@bulkwatch/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchangeRaw } from '../../services/api/tests/exchange-raw.js';
import { operations, requestsFor } from '../../services/api/tests/fuzz-requests.js';
import { registerMany, running, tell } from './crowd.js';
import { type Fleet, startFleet, urlOf } from './fleet.js';
import { steadyCallers } from './steady-callers.js';
import { loopWatch, type VitalSigns, vitalSigns } from './vital-signs.js';

const seed = Number(process.env['FUZZ_SEED']);
/** Requests at random, for each operation of the api. */
const requestsEach = 12;
const atOnce = 4;

/** How long each kind of caller goes on; all of them together go on as long again. */
const eachMs = 1_000;
/** What an api is given on a cluster (infra/kubernetes), MiB. */
const memoryMaxMb = 512;
const loopHeldMaxMs = 50;

let fleet: Fleet;
let api: RunningProcess;
let idle: VitalSigns;
let signs: VitalSigns;
let usual: string;
let other: string;
const violations: string[] = [];
/** How often requests at random were answered with each status. */
const statuses = new Map<number, number>();
/** How often each kind of caller was answered how. */
const ends = new Map<string, number>();
let steady: ReturnType<typeof steadyCallers>;

beforeAll(async () => {
  fleet = await startFleet({
    BULKWATCH_DANGEROUSLY_ALLOW_ANONYMOUS: 'false',
    BULKWATCH_LOG_LEVEL: 'info',
    BULKWATCH_API_WAIT_MAX: '1s',
    BULKWATCH_API_FAILURE_LIMIT: '1000000',
  });
  api = await fleet.startApi({ preload: loopWatch });
  [usual, other] = [await keyOf('usual'), await keyOf('other')];
  await registerMany(fleet, fleet.simulator, 30, running(3_600), authorized(usual));
  const apiUrl = urlOf(api);
  steady = steadyCallers(apiUrl);
  steady.caller(25, (call) =>
    call('/v1/jobs?limit=5', { headers: authorized(usual), expected: [200] }),
  );
  steady.caller(50, (call) =>
    call('/v1/jobs', {
      method: 'POST',
      headers: authorized(usual),
      body: { statusUrl: fleet.simulator.createExport().statusUrl },
      expected: [201],
    }),
  );
  await eventually(() => expect(steady.record.answered).toBeGreaterThan(50), { timeoutMs: 30_000 });
  idle = await vitalSigns(api);

  const context = {
    apiUrl,
    dice: () => (steady.record.answered % 100) / 100,
    apiKeys: [
      { tenant: 'usual', text: usual },
      { tenant: 'other', text: other },
    ],
    ended: (fault: string, status: number | null) => {
      const end = `${fault} ${status ?? 'hung up on'}`;
      ends.set(end, (ends.get(end) ?? 0) + 1);
    },
    violation: (what: string) => void violations.push(what),
  };
  for (const faults of [...apiFaults.map((fault) => [fault]), apiFaults]) {
    const heal = await Promise.all(faults.map((fault) => fault.inject(context)));
    await pause(eachMs);
    await Promise.all(heal.map((end) => end()));
  }
  await askAtRandom(apiUrl);
  signs = await vitalSigns(api);
  await steady.stop();
  tell(
    `hostile callers: loop held up ${signs.longestMs} ms at most (before: ${idle.longestMs}) in ${signs.turns} turns, ` +
      `beyond 20 ms ${JSON.stringify(signs.beyond)}, memory ${idle.nowMb} MiB, at most ${signs.peakMb}; ` +
      `${steady.record.answered} calls of others answered, ${steady.record.retries} tried again\n` +
      `${JSON.stringify(Object.fromEntries(ends))}, at random ${JSON.stringify(Object.fromEntries(statuses))}`,
  );
});
afterAll(() => fleet?.stop());

const hungUp = { status: 0, headers: {}, text: '' };

/** Asks for everything in every way, as somebody who may do anything within his own tenant. */
async function askAtRandom(apiUrl: string): Promise<void> {
  const key = await keyOf('random', 'admin');
  await registerMany(fleet, fleet.simulator, 3, running(3_600), authorized(key));
  const list = await fetch(`${apiUrl}/v1/jobs`, { headers: authorized(key) });
  const jobIds = ((await list.json()) as JobList).jobs.map(({ id }) => id);
  const parts = {
    key,
    jobIds,
    endpointIds: jobIds,
    secret: 'canary-of-a-caller-4711',
    provider: fleet.simulator.origin,
    receiver: 'https://hooks.example.org',
  };
  const requests = operations.flatMap((operation, number) =>
    fc.sample(requestsFor(operation, parts), { seed: seed + number, numRuns: requestsEach }),
  );
  const port = Number(new URL(apiUrl).port);
  const askNext = async (): Promise<void> => {
    for (let request = requests.pop(); request !== undefined; request = requests.pop()) {
      // The api hangs up on a body that it does not read to its end; the answer may be lost with the connection.
      const { status, headers, text } = await exchangeRaw(port, request).catch(() => hungUp);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      const asked = `${request.method} ${request.target}`;
      if (status >= 500) violations.push(`${asked}: ${status} ${text}`);
      if (`${JSON.stringify(headers)}${text}`.includes(parts.secret))
        violations.push(`${asked}: told a secret`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, askNext));
}

const authorized = (key: string) => ({ authorization: `Bearer ${key}` });
const cli = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url));

async function keyOf(tenant: string, ...scopes: string[]): Promise<string> {
  const granted = scopes.length > 0 ? scopes : ['jobs:read', 'jobs:write'];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      cli,
      'keys',
      'create',
      '--tenant',
      tenant,
      '--name',
      tenant,
      ...granted.flatMap((one) => ['--scope', one]),
    ],
    { env: { ...process.env, BULKWATCH_REDIS_URL: fleet.redis.url } },
  );
  return /bwk_\S+/.exec(stdout)?.[0] ?? '';
}

describe('callers who mean ill', () => {
  it('keep no other caller from his answer', () => {
    expect(steady.record.answered).toBeGreaterThan(100);
    expect(steady.record.failures.slice(0, 3)).toEqual([]);
    // Nobody's connection is cut for what somebody else does on his.
    expect(steady.record.retries).toBe(0);
  });

  it('get nothing of another tenant, no stack, and no 500', () => {
    expect(violations).toEqual([]);
  });

  it('never hold up the loop for longer than promised, nor cost more memory than there is', () => {
    expect(signs.turns).toBeGreaterThan(200);
    expect(signs.longestMs).toBeLessThanOrEqual(loopHeldMaxMs);
    expect(signs.peakMb).toBeLessThan(memoryMaxMb);
  });

  it('leave the api alive, and nothing in its log that nobody expects', () => {
    const bad = api
      .lines()
      .filter((line) => /"level":"(error|fatal)"|uncaught|unhandled/i.test(line));
    expect(bad).toEqual([]);
  });

  it('are each refused, in the way that is meant for them', () => {
    const wanted = {
      'api-giant-bodies': 413,
      'api-bad-json': 400,
      'api-odd-heads': 431,
      'api-wrong-keys': 401,
      'api-flood': 200,
      'api-other-tenant': 404,
    };
    const met = Object.entries(wanted).filter(([fault, status]) => ends.has(`${fault} ${status}`));
    expect(Object.fromEntries(met)).toEqual(wanted);
  });

  it('ask for anything at random, and are told what the api has to say to it', () => {
    expect(statuses.get(0) ?? 0).toBeLessThan(20);
    // Refusals of one kind alone would test little.
    expect(statuses.size).toBeGreaterThan(6);
    expect([...statuses.values()].reduce((sum, count) => sum + count, 0)).toBe(
      operations.length * requestsEach,
    );
  });

  it('leave no key in the log', () => {
    const said = api.lines().join('\n');
    expect(said).not.toContain(usual);
    expect(said).not.toContain(other);
  });
});
