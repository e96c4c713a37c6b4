import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { fileURLToPath } from 'node:url';
import { freePort, type Redis, startProcess, startRedis } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selfSignedCertificate } from '../../../packages/simulator/src/self-signed-certificate.js';
import { newStatusUrl, provider } from './harness.js';
import { canary } from './keeps-contract.js';
import { audience, issuer, tokenIssuer } from './token-issuer.js';
import { withFiles } from './with-files.js';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

let redis: Redis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

const environment = (changed: Record<string, string> = {}): Record<string, string> => ({
  BULKWATCH_REDIS_URL: redis.url,
  BULKWATCH_PROVIDER_ORIGINS: provider,
  BULKWATCH_API_PORT: '0',
  BULKWATCH_API_OPS_PORT: '0',
  BULKWATCH_DANGEROUSLY_ALLOW_ANONYMOUS: 'true',
  ...changed,
});

/** Runs the service until it ends by itself and tells how. */
async function runToEnd(changed: Record<string, string>) {
  const child = await startProcess({
    command: process.execPath,
    args: [main],
    env: environment(changed),
  });
  const { code } = await child.exited;
  return { code, output: child.lines().join('\n') };
}

/** Runs the service until it listens. */
async function run(changed: Record<string, string> = {}) {
  const child = await startProcess({
    command: process.execPath,
    args: [main],
    env: environment(changed),
    readyWhen: /"api listening"/,
  });
  const listening = child.lines().find((line) => line.includes('api listening')) ?? '{}';
  const { port } = JSON.parse(listening) as { port: number };
  return { child, base: `http://127.0.0.1:${port}` };
}

describe('starting the api', () => {
  it('names all settings that cannot be used, and no value', async () => {
    const { code, output } = await runToEnd({
      BULKWATCH_REDIS_URL: `http://:${canary}@h`,
      BULKWATCH_PROVIDER_ORIGINS: '',
      BULKWATCH_API_PORT: 'eighty',
      BULKWATCH_API_PROT: '1',
    });

    expect(code).toBe(1);
    for (const name of ['REDIS_URL', 'PROVIDER_ORIGINS', 'API_PORT', 'API_PROT'])
      expect(output).toContain(`BULKWATCH_${name}:`);
    expect(output).not.toContain(canary);
    expect(output).not.toContain('    at ');
  });

  it('names what is wrong with the credentials', async () => {
    const files = await withFiles({
      'credentials.json': JSON.stringify({ credentials: [{ name: 'a', clientSecret: canary }] }),
    });
    const { code, output } = await runToEnd({
      BULKWATCH_CREDENTIALS_FILE: files.path('credentials.json'),
    });
    await files.remove();

    expect(code).toBe(1);
    expect(output).toContain('/credentials/0/origins');
    expect(output).not.toContain(canary);
  });

  it('needs no secret of a credential, and keeps none', async () => {
    const credential = (name: string, secret: object) => ({
      name,
      kind: 'client-secret-basic',
      tokenUrl: 'https://auth.example.org/token',
      clientId: 'c',
      origins: [provider],
      ...secret,
    });
    const credentials = [
      credential('file', { clientSecretFile: 'absent', tls: { caFile: 'absent' } }),
      credential('variable', { clientSecretEnv: 'ABSENT' }),
      credential('inline', { clientSecret: canary }),
    ];
    const files = await withFiles({ 'credentials.json': JSON.stringify({ credentials }) });
    const { child, base } = await run({
      BULKWATCH_CREDENTIALS_FILE: files.path('credentials.json'),
    });
    const register = (credential: string, statusUrl = newStatusUrl()) =>
      fetch(`${base}/v1/jobs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ statusUrl, credential }),
      });
    try {
      for (const { name } of credentials) expect((await register(name)).status).toBe(201);
      expect((await register('other')).status).toBe(422);
    } finally {
      await child.kill();
      await files.remove();
    }
    expect(child.lines().join()).not.toContain(canary);
  });

  it('names what is wrong with the presets, in the file and in the settings', async () => {
    const files = await withFiles({
      'presets.json': JSON.stringify({ presets: { lab: { title: '', accept: `${canary}\n` } } }),
    });
    const { code, output } = await runToEnd({
      BULKWATCH_PRESETS_FILE: files.path('presets.json'),
      BULKWATCH_PROVIDER_PRESETS: `${provider}=lob`,
    });
    await files.remove();

    expect(code).toBe(1);
    expect(output).toContain('/presets/lab/title:');
    expect(output).toContain('/presets/lab/accept:');
    expect(output).toContain('BULKWATCH_PROVIDER_PRESETS: entry 1 names no preset');
    expect(output).not.toContain(canary);
    expect(output).not.toContain('    at ');
  });

  it('does not listen beyond this machine without authentication', async () => {
    const { code, output } = await runToEnd({ BULKWATCH_API_HOST: '0.0.0.0' });

    expect(code).toBe(1);
    expect(output).toContain('BULKWATCH_DANGEROUSLY_ALLOW_ANONYMOUS: must not be true');
  });

  it('names a file of keys that holds none', async () => {
    const files = await withFiles({ 'jwks.json': `{"keys":"${canary}"}` });
    const { code, output } = await runToEnd({
      BULKWATCH_DANGEROUSLY_ALLOW_ANONYMOUS: 'false',
      BULKWATCH_JWT_ISSUER: 'https://login.example.org',
      BULKWATCH_JWT_AUDIENCE: 'bulkwatch',
      BULKWATCH_JWT_JWKS_FILE: files.path('jwks.json'),
    });
    await files.remove();

    expect(code).toBe(1);
    expect(output).toContain('BULKWATCH_JWT_JWKS_FILE cannot be used');
    expect(output).not.toContain(canary);
    expect(output).not.toContain('    at ');
  });

  it('gives up in time where there is no Redis', async () => {
    const { code, output } = await runToEnd({
      BULKWATCH_REDIS_URL: `redis://127.0.0.1:${await freePort()}`,
      BULKWATCH_REDIS_CONNECT_TIMEOUT: '1s',
    });

    expect(code).toBe(1);
    expect(output).toContain('It did not answer at');
  });
});

describe('tokens of an issuer elsewhere', () => {
  /** An issuer that serves its keys over TLS, and an api that takes its tokens. */
  async function setup(settingsFor: (origin: string) => Record<string, string>) {
    const { token, jwks } = await tokenIssuer();
    const certificate = selfSignedCertificate('localhost');
    const files = await withFiles({ 'ca.pem': certificate.cert });
    const asked: (string | undefined)[] = [];
    let connectionCount = 0;
    const server = createTlsServer(certificate, (request, response) => {
      asked.push(request.url);
      response.setHeader('content-type', 'application/json').end(jwks);
    }).listen(0, '127.0.0.1');
    server.on('connection', () => {
      connectionCount += 1;
    });
    await once(server, 'listening');
    const origin = `https://localhost:${(server.address() as { port: number }).port}`;
    const { child, base } = await run({
      BULKWATCH_DANGEROUSLY_ALLOW_ANONYMOUS: 'false',
      BULKWATCH_JWT_ISSUER: issuer,
      BULKWATCH_JWT_AUDIENCE: audience,
      BULKWATCH_JWT_JWKS_URL: `${origin}/keys`,
      NODE_EXTRA_CA_CERTS: files.path('ca.pem'),
      ...settingsFor(origin),
    });
    return {
      token,
      asked,
      child,
      connectionCount: () => connectionCount,
      list: async (text: string) =>
        fetch(`${base}/v1/jobs`, { headers: { authorization: `Bearer ${text}` } }),
      async stop() {
        await child.kill();
        server.closeAllConnections();
        server.close();
        await files.remove();
      },
    };
  }

  it('are verified with the keys that it serves over TLS', async () => {
    const { token, asked, list, stop } = await setup((origin) => ({
      BULKWATCH_PRIVATE_ORIGINS: origin,
    }));
    try {
      expect((await list(await token())).status).toBe(200);
      expect((await list(await token())).status).toBe(200);
      // A stranger's key id does not make the api ask again and again.
      const strange = await token({ header: { kid: 'k2' } });
      for (let n = 0; n < 3; n += 1) expect((await list(strange)).status).toBe(401);
      expect(asked).toEqual(['/keys']);
    } finally {
      await stop();
    }
  });

  it('are not judged where its URL leads inside and nobody said that it may', async () => {
    const { token, child, connectionCount, list, stop } = await setup(() => ({}));
    try {
      expect((await list(await token())).status).toBe(503);
      expect((await list(await token())).status).toBe(503);

      expect(connectionCount()).toBe(0);
      const lines = child.lines().filter((line) => line.includes('keys of the issuer'));
      expect(lines).toEqual([expect.stringContaining('provider-not-allowed')]);
      expect(child.lines().join('\n')).toMatch(/refused to ask https:\/\/localhost:\d+: loopback/);
    } finally {
      await stop();
    }
  });

  it('are verified by way of the forward proxy, where there is one', async () => {
    const targets: (string | undefined)[] = [];
    const proxy = createServer().on('connect', ({ url }, socket) => {
      targets.push(url);
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    const { port } = proxy.address() as { port: number };
    const { token, connectionCount, list, stop } = await setup((origin) => ({
      BULKWATCH_PRIVATE_ORIGINS: origin,
      BULKWATCH_EGRESS_PROXY: `http://127.0.0.1:${port}`,
    }));
    try {
      expect((await list(await token())).status).toBe(503);

      expect(targets).toEqual([expect.stringMatching(/^localhost:\d+$/)]);
      expect(connectionCount()).toBe(0);
    } finally {
      await stop();
      proxy.close();
    }
  });

  it('are not judged while its keys cannot be fetched', async () => {
    const { token } = await tokenIssuer();
    const { child, base } = await run({
      BULKWATCH_DANGEROUSLY_ALLOW_ANONYMOUS: 'false',
      BULKWATCH_JWT_ISSUER: issuer,
      BULKWATCH_JWT_AUDIENCE: audience,
      BULKWATCH_JWT_JWKS_URL: `https://127.0.0.1:${await freePort()}/keys`,
    });
    const headers = { authorization: `Bearer ${await token()}` };
    const response = await fetch(`${base}/v1/jobs`, { headers });
    await child.kill();

    expect(response.status).toBe(503);
    expect(response.headers.has('www-authenticate')).toBe(false);
    expect(await response.json()).toMatchObject({ reason: 'issuer-unavailable' });
  });
});

describe('stopping the api', () => {
  it('ends with 0 on SIGTERM and answers what is held', async () => {
    const { child, base } = await run();
    const response = await fetch(`${base}/v1/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ statusUrl: newStatusUrl() }),
    });
    const { id } = (await response.json()) as { id: string };
    const held = fetch(`${base}/v1/jobs/${id}?wait=30`);
    await fetch(`${base}/v1/jobs/${id}`);

    const { code } = await child.stop('SIGTERM', 5_000);

    expect(code).toBe(0);
    expect((await held).status).toBe(200);
    expect(child.lines().at(-1)).toContain('api stopped');
  });

  it('ends with 0 on SIGTERM when Redis hangs', async () => {
    const { child } = await run();
    redis.pause();
    try {
      expect((await child.stop('SIGTERM', 5_000)).code).toBe(0);
    } finally {
      redis.resume();
    }
  });
});
