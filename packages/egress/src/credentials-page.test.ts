import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadCredentialBook } from './credential-book.js';

test('the example in docs/credentials.md is one that is accepted', async () => {
  const page = await readFile(new URL('../../../docs/credentials.md', import.meta.url), 'utf8');
  const [, example = ''] = /```json\n([^]*?)```/.exec(page) ?? [];
  const folder = await mkdtemp(join(tmpdir(), 'bulkwatch-credentials-'));
  try {
    await writeFile(join(folder, 'credentials.json'), example);
    await writeFile(join(folder, 'oracle-north.secret'), 'a secret\n');
    const book = await loadCredentialBook(join(folder, 'credentials.json'), { allowHttp: false });
    expect(book.find('oracle-north')?.origins).toEqual(['https://fhir-ehr.example.org']);
    expect(book.find('oracle-north')?.clientSecret.reveal()).toBe('a secret');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
