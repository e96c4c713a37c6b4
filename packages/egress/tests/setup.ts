import type { ProviderRequest } from '@bulkwatch/core';
import { type Clock, Secret, systemClock } from '@bulkwatch/runtime';
import { afterEach } from 'vitest';
import {
  type ClientCredential,
  type Credential,
  createCredentialBook,
  createEgress,
  createProviderPolicy,
  type Egress,
  type EgressOptions,
  type FetchOutcome,
  type StatusRequest,
} from '../src/index.js';
import { type Handler, type LocalServer, startHttpServer, startTcpServer } from './local-server.js';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** Closed after the test, like everything that comes from this file. */
export async function httpServer(handler: Handler): Promise<LocalServer> {
  const server = await startHttpServer(handler);
  closers.push(server.close);
  return server;
}

export async function tcpServer(
  ...parameters: Parameters<typeof startTcpServer>
): Promise<LocalServer> {
  const server = await startTcpServer(...parameters);
  closers.push(server.close);
  return server;
}

/** An egress that may go to these origins. */
export function openEgress(
  options: Partial<EgressOptions> & { origins: string[]; held?: Credential[] },
): Egress {
  const { origins, held = [], ...rest } = options;
  const tokenOrigins = held.flatMap((one) =>
    'tokenUrl' in one ? new URL(one.tokenUrl).origin : [],
  );
  const egress = createEgress({
    policy: createProviderPolicy({ origins, privateOrigins: tokenOrigins, allowHttp: true }),
    credentials: createCredentialBook(held),
    clock: systemClock,
    requestTimeoutMs: 10_000,
    bodyMaxBytes: 1024 * 1024,
    connectionsPerProvider: 8,
    ...rest,
  });
  closers.push(egress.close);
  return egress;
}

/** A poll of a status URL without authorization, but for what the test says. */
export function poll(
  egress: Egress,
  url: string,
  {
    request,
    ...rest
  }: Partial<Omit<StatusRequest, 'request'>> & { request?: Partial<ProviderRequest> } = {},
): Promise<FetchOutcome> {
  return egress.fetchStatus({
    request: { method: 'GET', url, headers: { Accept: 'application/json' }, ...request },
    tenant: 'default',
    home: URL.canParse(url) ? new URL(url).origin : url,
    authorization: { kind: 'none' },
    requestId: 'req-1',
    ...rest,
  });
}

/** A client of that token endpoint with a secret. */
export function credentialFor(
  origins: string[],
  tokenOrigin: string,
  rest: Partial<Pick<ClientCredential, 'name' | 'tenants' | 'tls' | 'fingerprint'>> = {},
): Credential {
  return {
    name: 'millennium',
    kind: 'client-secret-basic',
    tokenUrl: `${tokenOrigin}/token`,
    clientId: 'client one',
    clientSecret: new Secret('s3cr:t/+ü'),
    scope: 'system/*.read',
    origins,
    fingerprint: 'first',
    ...rest,
  };
}

/** The clock of this machine, to which a test can add time. */
export function movableClock(): Clock & { advance(ms: number): void } {
  let addedMs = 0;
  return {
    now: () => systemClock.now() + addedMs,
    monotonicMs: () => systemClock.monotonicMs() + addedMs,
    sleep: (ms, signal) => systemClock.sleep(ms, signal),
    advance: (ms) => {
      addedMs += ms;
    },
  };
}

/** Waits for something that happens soon by itself. */
export async function eventually(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('it did not happen within 5 s');
    await systemClock.sleep(10);
  }
}
