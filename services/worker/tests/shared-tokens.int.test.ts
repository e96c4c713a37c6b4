import { fileURLToPath } from 'node:url';
import type { FetchOutcome } from '@bulkwatch/egress';
import { demoClient, type Simulator, startSimulator } from '@bulkwatch/simulator';
import { eventually, startProcess } from '@bulkwatch/testkit';
import { Redis as RedisClient } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  clientOf,
  type FleetWorker,
  issue,
  openTokenFleet,
  type TokenFleet,
  tokenEndpoint,
} from './token-fleet.js';

let fleet: TokenFleet;
let closers: (() => unknown)[] = [];
beforeEach(async () => {
  fleet = await openTokenFleet();
});
afterEach(async () => {
  for (const close of closers) await close();
  closers = [];
  await fleet.close();
});

async function simulatorWith(tokenLifeSeconds: number): Promise<Simulator> {
  const simulator = await startSimulator({ tokenLifeSeconds });
  closers.push(() => simulator.stop());
  return simulator;
}

async function endpoint(...parameters: Parameters<typeof tokenEndpoint>) {
  const server = await tokenEndpoint(...parameters);
  closers.push(() => server.close());
  return server;
}

/** So many polls, of which each worker has some hundred under way at once. */
async function pollMany(
  workers: readonly FleetWorker[],
  url: string,
  count: number,
): Promise<FetchOutcome[]> {
  const outcomes: FetchOutcome[] = [];
  let left = count;
  const lane = async (worker: FleetWorker): Promise<void> => {
    while (left > 0) {
      left -= 1;
      outcomes.push(await worker.poll(url));
    }
  };
  await Promise.all(workers.flatMap((worker) => Array.from({ length: 100 }, () => lane(worker))));
  return outcomes;
}

const statusesOf = (outcomes: readonly FetchOutcome[]) => [
  ...new Set(
    outcomes.map((outcome) =>
      outcome.kind === 'answered' ? outcome.response.status : outcome.failure.detail,
    ),
  ),
];

describe('two workers with one credential', () => {
  it('cost one token request in each life of a token, whatever they poll', async () => {
    const lifeSeconds = 3;
    const simulator = await simulatorWith(lifeSeconds);
    const { statusUrl } = simulator.createExport();
    const credential = clientOf(simulator.tokenUrl, simulator.origin);
    const workers = [await fleet.worker(credential), await fleet.worker(credential)];

    const startedAt = performance.now();
    const outcomes = await pollMany(workers, statusUrl, 10_000);
    const tookSeconds = (performance.now() - startedAt) / 1_000;

    expect(outcomes).toHaveLength(10_000);
    expect(statusesOf(outcomes)).toEqual(expect.arrayContaining([202]));
    expect(statusesOf(outcomes)).not.toContain(401);
    const askedAt = simulator.record.tokenRequests.map(({ receivedAtMs }) => receivedAtMs);
    // Renewed a tenth of its life ahead.
    const inForceSeconds = lifeSeconds * 0.9;
    expect(askedAt.length).toBeLessThanOrEqual(Math.ceil(tookSeconds / inForceSeconds) + 1);
    for (const [index, at] of askedAt.slice(1).entries())
      expect(at - (askedAt[index] ?? 0)).toBeGreaterThan(inForceSeconds * 1_000 - 300);
  }, 60_000);

  it('both get another token when one is refused, for one token request', async () => {
    const simulator = await simulatorWith(570);
    const { statusUrl } = simulator.createExport();
    const credential = clientOf(simulator.tokenUrl, simulator.origin);
    const workers = [await fleet.worker(credential), await fleet.worker(credential)];
    await pollMany(workers, statusUrl, 400);

    simulator.revokeTokens();
    const outcomes = await pollMany(workers, statusUrl, 400);

    expect(statusesOf(outcomes)).not.toContain(401);
    expect(simulator.record.tokenRequests).toHaveLength(2);
  });

  it('leave nothing of a token in clear in Redis', async () => {
    const server = await endpoint((response) => issue(response, 'canary-token-1'));
    const credential = clientOf(server.tokenUrl, server.origin);
    const { poll } = await fleet.worker(credential);
    await poll(`${server.origin}/jobs/1`);

    const redis = new RedisClient(fleet.redis.url);
    const fields = await redis.hgetall('{bulkwatch}:token:north');
    redis.disconnect();

    expect(fields['token']).toMatch(/^v1\.k1\./);
    expect(JSON.stringify(fields)).not.toMatch(/canary|not-a-secret/);
  });

  it('share no token where they are configured differently', async () => {
    const server = await endpoint((response, index) => issue(response, `token-${index}`));
    const [one, other] = ['first', 'second'].map((fingerprint) =>
      clientOf(server.tokenUrl, server.origin, fingerprint),
    ) as [ReturnType<typeof clientOf>, ReturnType<typeof clientOf>];

    for (const credential of [one, one, other, other])
      await (await fleet.worker(credential)).poll(`${server.origin}/jobs/1`);

    expect(server.requestCount()).toBe(2);
  });
});

describe('a token endpoint that fails', () => {
  it.each([
    ['is out', 503, {}, 'http-503'],
    ['is busy', 429, { 'Retry-After': '60' }, 'http-429'],
    ['does not know us', 401, {}, 'invalid_client'],
  ])(
    'and %s is asked once, by one job or by a thousand',
    async (_what, status, headers, detail) => {
      const server = await endpoint((response) => {
        response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
        response.end('{"error":"invalid_client"}');
      });
      const credential = clientOf(server.tokenUrl, server.origin);
      const workers = [await fleet.worker(credential), await fleet.worker(credential)];

      const outcomes = await pollMany(workers, `${server.origin}/jobs/1`, 2_000);

      expect(outcomes).toHaveLength(2_000);
      expect(server.requestCount()).toBe(1);
      expect(statusesOf(outcomes)).toHaveLength(1);
      expect([detail, 'invalid_client']).toContain(statusesOf(outcomes)[0]);
    },
  );

  it('is probed by one worker at a time when the pause is over', async () => {
    const server = await endpoint((response) => {
      setTimeout(() => response.writeHead(503).end(), 500);
    });
    const credential = clientOf(server.tokenUrl, server.origin);
    const workers = [await fleet.worker(credential), await fleet.worker(credential)];
    await pollMany(workers, `${server.origin}/jobs/1`, 400);
    expect(server.requestCount()).toBe(1);

    await new Promise((resolve) => {
      setTimeout(resolve, 5_200);
    });
    await pollMany(workers, `${server.origin}/jobs/1`, 400);

    expect(server.requestCount()).toBe(2);
  });
});

describe('a worker that is killed while it asks for a token', () => {
  it('blocks the others no longer than its turn lasts', async () => {
    const server = await endpoint((response, index) => {
      // The first is never answered.
      if (index > 0) issue(response, 'token-2');
    });
    const credential = clientOf(server.tokenUrl, server.origin);
    const survivor = await fleet.worker(credential);
    const requestTimeoutMs = 1_500;
    const owner = await startProcess({
      command: process.execPath,
      args: [
        fileURLToPath(new URL('token-owner.mjs', import.meta.url)),
        JSON.stringify({
          redisUrl: fleet.redis.url,
          sealKeysFile: fleet.sealKeysFile,
          origin: server.origin,
          credential: { ...credential, clientSecret: demoClient.secret },
          requestTimeoutMs,
          limits: { requestBudgetMs: 5_000 },
        }),
      ],
      env: {},
    });
    await eventually(() => expect(server.requestCount()).toBe(1));
    await owner.kill();

    const startedAt = performance.now();
    const outcomes = await pollMany([survivor], `${server.origin}/jobs/1`, 100);
    const tookMs = performance.now() - startedAt;

    expect(statusesOf(outcomes)).toEqual([202]);
    expect(server.requestCount()).toBe(2);
    expect(tookMs).toBeGreaterThan(1_000);
    expect(tookMs).toBeLessThan(requestTimeoutMs + 2_000 + 1_500);
  });
});
