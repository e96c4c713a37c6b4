import { Secret, systemClock } from '@bulkwatch/runtime';
import { describe, expect, it } from 'vitest';
import { type Credential, createProviderPolicy, tryCredential } from '../src/index.js';
import type { Handler } from './local-server.js';
import { credentialFor, httpServer } from './setup.js';

const provider = 'https://ehr.example';

async function trial(token: Handler, privateOrigins?: string[]) {
  const endpoint = await httpServer(token);
  const policy = createProviderPolicy({
    origins: [provider],
    privateOrigins: privateOrigins ?? [endpoint.origin],
    allowHttp: true,
  });
  const credential = credentialFor([provider], endpoint.origin);
  const options = { policy, clock: systemClock, requestTimeoutMs: 2_000 };
  return { outcome: await tryCredential(credential, options), endpoint };
}

const answer =
  (status: number, body: object): Handler =>
  (_request, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  };
const issued = answer(200, { access_token: 'canary', token_type: 'Bearer', expires_in: 570 });

describe('tryCredential', () => {
  it('gets a token, tells how long it lives, and shows nothing of it', async () => {
    const { outcome } = await trial(issued);

    expect(outcome).toMatchObject({ kind: 'issued', durationMs: expect.any(Number) as number });
    if (outcome.kind !== 'issued') throw new Error(outcome.kind);
    expect(outcome.lifeMs).toBeGreaterThan(560_000);
    expect(outcome.lifeMs).toBeLessThanOrEqual(570_000);
    expect(JSON.stringify(outcome)).not.toContain('canary');
  });

  it('tells why there is none', async () => {
    expect((await trial(answer(401, { error: 'invalid_client' }))).outcome).toMatchObject({
      kind: 'failed',
      reason: 'token-refused',
      detail: 'invalid_client',
      refusal: undefined,
    });
    expect((await trial((_request, response) => void response.destroy())).outcome).toMatchObject({
      reason: 'token-unavailable',
    });
  });

  it('connects to no place that the guard forbids, and says why', async () => {
    const endpoint = await httpServer(issued);
    const options = {
      policy: createProviderPolicy({ origins: [provider], allowHttp: true }),
      clock: systemClock,
      requestTimeoutMs: 2_000,
    };
    const outcome = await tryCredential(credentialFor([provider], endpoint.origin), options);

    expect(outcome).toMatchObject({ kind: 'failed', refusal: 'loopback' });
    expect(endpoint.requests).toEqual([]);
  });

  it.each([{ kind: 'none' }, { kind: 'static-bearer', token: new Secret('canary') }] as const)(
    'has nothing to get with $kind',
    async (kind) => {
      const binding = { name: 'one', origins: [provider], fingerprint: 'f' };
      const policy = createProviderPolicy({ origins: [provider], allowHttp: true });
      const credential: Credential = { ...binding, ...kind };

      expect(
        await tryCredential(credential, { policy, clock: systemClock, requestTimeoutMs: 1_000 }),
      ).toEqual({ kind: 'nothing-to-get' });
    },
  );
});
