import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadCredentialBook } from './credential-book.js';
import { credentialKinds } from './credential-entry.js';
import { givenParts } from './credential-texts.js';

const page = await readFile(new URL('../../../docs/credentials.md', import.meta.url), 'utf8');

test('the example in docs/credentials.md is one that is accepted', async () => {
  const [, example = ''] = /```json\n([^]*?)```/.exec(page) ?? [];
  const folder = await mkdtemp(join(tmpdir(), 'bulkwatch-credentials-'));
  try {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    await writeFile(join(folder, 'credentials.json'), example);
    await mkdir(join(folder, 'secrets'));
    await writeFile(join(folder, 'secrets/oracle-north'), 'a secret\n');
    await writeFile(join(folder, 'secrets/epic-south.pem'), pem);
    const book = await loadCredentialBook(join(folder, 'credentials.json'), {
      allowHttp: false,
      env: {},
    });

    const north = book.find('oracle-north', 'default');
    expect(north?.origins).toEqual(['https://fhir-ehr.example.org']);
    expect(north?.kind === 'client-secret-basic' && north.clientSecret.reveal()).toBe('a secret');
    expect(book.find('epic-south', 'research')).toMatchObject({ signingKey: { kid: '2026-11' } });
    expect(book.find('epic-south', 'default')).toBeUndefined();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('docs/credentials.md has a row for each kind', () => {
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, word]) => word);

  expect(credentialKinds.filter((kind) => !rows.includes(kind))).toEqual([]);
});

test('docs/credentials.md names every member that can name a file or a variable', () => {
  const members = givenParts
    .map((part) => part.at(-1))
    .flatMap((name) => [`${name}File`, `${name}Env`]);

  expect(members.length).toBe(12);
  expect(members.filter((member) => !page.includes(`\`${member}\``))).toEqual([]);
});
