import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openCredentialBook } from '../src/index.js';
import { httpServer, openEgress, poll } from './setup.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'credential-reload-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a new secret is used at the next poll, and the token of the old one no more', async () => {
  const secretFile = join(folder, 'secret');
  const provider = await httpServer(({ path, body }, response) => {
    if (path !== '/token') return void response.writeHead(202).end();
    const secret = new URLSearchParams(body).get('client_secret');
    response.setHeader('Content-Type', 'application/json');
    return void response.end(
      `{"access_token":"for-${secret}","token_type":"bearer","expires_in":300}`,
    );
  });
  await writeFile(secretFile, 'first\n');
  const file = join(folder, 'credentials.json');
  const entry = {
    name: 'north',
    kind: 'client-secret-post',
    tokenUrl: `${provider.origin}/token`,
    clientId: 'c',
    clientSecretFile: 'secret',
    origins: [provider.origin],
  };
  await writeFile(file, JSON.stringify({ credentials: [entry] }));
  const credentials = await openCredentialBook(file, {
    env: {},
    allowHttp: true,
    onReload: () => undefined,
  });
  const egress = openEgress({ origins: [provider.origin], credentials });
  const ask = () =>
    poll(egress, `${provider.origin}/jobs/1`, {
      authorization: { kind: 'credential', name: 'north' },
    });

  await ask();
  await writeFile(secretFile, 'second\n');
  await credentials.refresh();
  await ask();
  await ask();

  expect(
    provider.requests
      .filter(({ path }) => path !== '/token')
      .map(({ headers }) => headers.authorization),
  ).toEqual(['Bearer for-first', 'Bearer for-second', 'Bearer for-second']);
  expect(provider.requests.filter(({ path }) => path === '/token')).toHaveLength(2);
});
