import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Credential,
  createCredentialBook,
  createEgress,
  createProviderPolicy,
  type FetchOutcome,
} from '@bulkwatch/egress';
import { Secret, systemClock } from '@bulkwatch/runtime';
import { demoClient } from '@bulkwatch/simulator';
import { createStore, type Store } from '@bulkwatch/store';
import { type Redis, startRedis } from '@bulkwatch/testkit';

/** A Redis of its own with a key ring, and as many workers on it as a test asks for. */
export interface TokenFleet {
  readonly redis: Redis;
  readonly sealKeysFile: string;
  /** One worker's store and egress, which polls with this credential. */
  worker(credential: Credential, requestTimeoutMs?: number): Promise<FleetWorker>;
  close(): Promise<void>;
}

export interface FleetWorker {
  readonly store: Store;
  poll(url: string): Promise<FetchOutcome>;
}

export async function openTokenFleet(): Promise<TokenFleet> {
  const redis = await startRedis();
  const folder = await mkdtemp(join(tmpdir(), 'bulkwatch-tokens-'));
  const sealKeysFile = join(folder, 'seal-keys');
  await writeFile(sealKeysFile, `k1 ${randomBytes(32).toString('base64')}\n`);
  const closers: (() => Promise<void>)[] = [];
  return {
    redis,
    sealKeysFile,
    async worker(credential, requestTimeoutMs = 20_000) {
      const store = await createStore({
        redisUrl: redis.url,
        role: 'worker',
        connectTimeoutMs: 5_000,
        sealKeysFile,
        limits,
        onProblem: () => undefined,
      });
      const egress = egressOf(credential, store, requestTimeoutMs);
      closers.push(async () => {
        await egress.close();
        await store.close();
      });
      return { store, poll: (url) => egress.fetchStatus(requestOf(credential, url)) };
    },
    async close() {
      for (const close of closers.splice(0)) await close();
      await redis.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const limits = {
  trackingDeadlineMs: 86_400_000,
  eventsMaxLength: 1_000,
  timelineLength: 5,
  eventManifestMaxBytes: 4_096,
  expiringThresholdsMs: [],
  requestBudgetMs: 5_000,
  retryAfterFloorMs: 100,
  gate: { concurrency: 1_000, perSecond: 10_000, burst: 1_000 },
  circuit: { failures: 10, probeFirstMs: 15_000, probeLongestMs: 300_000 },
  webhooks: {
    endpointsMax: 16,
    bodyMaxBytes: 20_480,
    logRetentionMs: 7 * 86_400_000,
    logLength: 20_000,
  },
};

function egressOf(credential: Credential, store: Store, requestTimeoutMs: number) {
  const tokenOrigins = 'tokenUrl' in credential ? [new URL(credential.tokenUrl).origin] : [];
  return createEgress({
    policy: createProviderPolicy({
      origins: credential.origins,
      privateOrigins: tokenOrigins,
      allowHttp: true,
    }),
    credentials: createCredentialBook([credential]),
    clock: systemClock,
    requestTimeoutMs,
    bodyMaxBytes: 1024 * 1024,
    connectionsPerProvider: 8,
    vault: store.tokens,
  });
}

const requestOf = ({ name }: Credential, url: string) => ({
  request: { method: 'GET' as const, url, headers: { Accept: 'application/fhir+json' } },
  tenant: 'default',
  home: new URL(url).origin,
  authorization: { kind: 'credential' as const, name },
  requestId: 'r',
});

/** The simulator's client, for tokens of that URL. */
export function clientOf(
  tokenUrl: string,
  origin: string,
  fingerprint = 'first',
): Extract<Credential, { clientSecret: Secret }> {
  return {
    name: 'north',
    kind: 'client-secret-basic',
    tokenUrl,
    clientId: demoClient.id,
    clientSecret: new Secret(demoClient.secret),
    origins: [origin],
    fingerprint,
  };
}

/** A token endpoint that answers as the test says; every other path is an export in progress. */
export async function tokenEndpoint(answer: (response: ServerResponse, index: number) => void) {
  let requestCount = 0;
  const server = createServer((request, response) => {
    request.resume();
    if (request.url !== '/token') return response.writeHead(202).end();
    requestCount += 1;
    return answer(response, requestCount - 1);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    tokenUrl: `${origin}/token`,
    requestCount: () => requestCount,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

export function issue(response: ServerResponse, token: string): void {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: 300 }));
}
