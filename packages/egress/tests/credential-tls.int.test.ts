import type { TLSSocket } from 'node:tls';
import { Secret } from '@bulkwatch/runtime';
import { afterEach, describe, expect, test } from 'vitest';
import { type Credential, createCredentialBook } from '../src/index.js';
import { type SelfSigned, selfSigned, selfSignedServer } from './self-signed-server.js';
import { openEgress, poll } from './setup.js';

let stop: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of stop) await close();
  stop = [];
});

const ours = selfSigned('our client');
const authorization = { kind: 'credential', name: 'north' } as const;

/** A provider and token endpoint that lets in nobody but the holder of that certificate. */
async function provider(trusted: SelfSigned = ours) {
  const identity = selfSigned('localhost');
  const clients: string[] = [];
  const server = await selfSignedServer({
    identity,
    server: { ca: trusted.cert, requestCert: true, rejectUnauthorized: true },
    onRequest: (request, response) => {
      clients.push(String((request.socket as TLSSocket).getPeerCertificate().subject.CN));
      response.setHeader('Content-Type', 'application/json');
      response.end('{"access_token":"t","token_type":"bearer","expires_in":300}');
    },
  });
  stop.push(server.close);
  const origin = server.origin.replace('127.0.0.1', 'localhost');
  return { ...server, origin, identity, clients };
}

const credentialFor = (
  origin: string,
  tls: Credential['tls'],
  fingerprint = 'first',
): Credential => ({
  name: 'north',
  kind: 'client-secret-post',
  tokenUrl: `${origin}/token`,
  clientId: 'c',
  clientSecret: new Secret('s'),
  origins: [origin],
  fingerprint,
  ...(tls && { tls }),
});

describe('a credential with tls', () => {
  test('shows its certificate to the token endpoint and to its origins', async () => {
    const { origin, identity, clients } = await provider();
    const tls = { ca: identity.cert, cert: ours.cert, key: new Secret(ours.key) };
    const egress = openEgress({ origins: [origin], held: [credentialFor(origin, tls)] });

    const outcome = await poll(egress, `${origin}/jobs/1`, { authorization });

    expect(outcome).toMatchObject({ kind: 'answered', response: { status: 200 } });
    expect(clients).toEqual(['our client', 'our client']);
  });

  test.each<[string, (identity: SelfSigned) => Credential['tls'] | undefined]>([
    ['without an authority', () => ({ cert: ours.cert, key: new Secret(ours.key) })],
    ['with another authority', () => ({ ca: ours.cert })],
    ['without a certificate', (identity) => ({ ca: identity.cert })],
    ['that is not there at all', () => undefined],
  ])('%s comes to nothing', async (_name, tlsOf) => {
    const { origin, identity, requestCount } = await provider();
    const held = [credentialFor(origin, tlsOf(identity))];
    const egress = openEgress({ origins: [origin], held });

    const outcome = await poll(egress, `${origin}/jobs/1`, { authorization });

    expect(outcome).toMatchObject({ kind: 'failed', failure: { reason: 'token-unavailable' } });
    expect(requestCount()).toBe(0);
  });

  test('keeps its connections from everybody else', async () => {
    const { origin, identity, requestCount } = await provider();
    const tls = { ca: identity.cert, cert: ours.cert, key: new Secret(ours.key) };
    const egress = openEgress({ origins: [origin], held: [credentialFor(origin, tls)] });
    await poll(egress, `${origin}/jobs/1`, { authorization });
    const before = requestCount();

    const outcome = await poll(egress, `${origin}/jobs/2`);

    expect(outcome).toMatchObject({ failure: { reason: 'tls-failed' } });
    expect(requestCount()).toBe(before);
  });

  test('is connected for anew when its certificate is another', async () => {
    const renewed = selfSigned('our next client');
    const { origin, identity, clients } = await provider({
      ...ours,
      cert: `${ours.cert}${renewed.cert}`,
    });
    const tlsOf = ({ cert, key }: SelfSigned) => ({
      ca: identity.cert,
      cert,
      key: new Secret(key),
    });
    let book = createCredentialBook([credentialFor(origin, tlsOf(ours))]);
    const egress = openEgress({
      origins: [origin],
      credentials: { find: (name, tenant) => book.find(name, tenant), names: () => book.names() },
    });

    await poll(egress, `${origin}/jobs/1`, { authorization });
    book = createCredentialBook([credentialFor(origin, tlsOf(renewed), 'second')]);
    await poll(egress, `${origin}/jobs/1`, { authorization });

    expect(clients).toEqual(['our client', 'our client', 'our next client', 'our next client']);
  });
});
