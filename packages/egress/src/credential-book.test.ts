import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigurationError } from './configuration-error.js';
import type { Credential } from './credential.js';
import { loadCredentialBindings, loadCredentialBook } from './credential-book.js';
import { readTextFile } from './read-text-file.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'credential-book-'));
});
afterAll(() => rm(folder, { recursive: true }));

const entry = {
  name: 'millennium',
  kind: 'client-secret-basic',
  tokenUrl: 'https://authorization.example/tenants/t/token',
  clientId: 'client-1',
  clientSecret: 'hunter2',
  scope: 'system/*.read',
  origins: ['https://ehr.example'],
};

async function load(content: unknown, allowHttp = false) {
  const file = join(folder, 'credentials.json');
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  await writeFile(file, text);
  return loadCredentialBook(file, { allowHttp, env: {} });
}

const secretOf = (credential: Credential | undefined) =>
  credential && 'clientSecret' in credential && credential.clientSecret.reveal();

async function problemsOf(content: unknown) {
  const error = await load(content).catch((thrown: unknown) => thrown);
  if (!(error instanceof ConfigurationError)) throw new Error('it was accepted', { cause: error });
  expect(inspect(error) + JSON.stringify(error)).not.toContain('hunter2');
  return Object.fromEntries(error.problems.map(({ where, message }) => [where, message]));
}

describe('a credential book', () => {
  test('is empty without a file', async () => {
    const book = await loadCredentialBook(undefined, { allowHttp: false, env: {} });

    expect(book.names()).toEqual([]);
    expect(book.find('millennium', 'default')).toBeUndefined();
  });

  test('finds each credential by name, its secret sealed from sight', async () => {
    const { scope: _, ...plain } = { ...entry, name: 'b' };
    const book = await load({ credentials: [entry, plain] });

    expect(book.names()).toEqual(['millennium', 'b']);
    const { clientSecret, ...rest } = entry;
    const found = book.find('millennium', 'default');
    expect(found).toMatchObject(rest);
    expect(secretOf(found)).toBe(clientSecret);
    expect(inspect(found)).not.toContain(clientSecret);
    expect(book.find('b', 'default')).not.toHaveProperty('scope');
    expect(book.find('constructor', 'default')).toBeUndefined();
  });

  test('reads a secret from a file beside the book, less its last newline', async () => {
    await writeFile(join(folder, 'secret'), ' hunter2\n\n');
    const { clientSecret: _, ...rest } = entry;

    const book = await load({ credentials: [{ ...rest, clientSecretFile: 'secret' }] });

    expect(secretOf(book.find('millennium', 'default'))).toBe(' hunter2\n');
  });

  test('finds a credential for its tenants only', async () => {
    const book = await load({ credentials: [{ ...entry, tenants: ['acme', 'north'] }] });

    expect(book.find('millennium', 'north')).toMatchObject({ name: 'millennium' });
    expect(book.find('millennium', 'default')).toBeUndefined();
  });

  test('takes http only where it is allowed', async () => {
    const local = { ...entry, tokenUrl: 'http://127.0.0.1/t', origins: ['http://127.0.0.1'] };

    expect((await load({ credentials: [local] }, true)).names()).toEqual(['millennium']);
    expect(await problemsOf({ credentials: [local] })).toEqual({
      '/credentials/0/tokenUrl': 'must be https; http is for tests only',
      '/credentials/0/origins/0': 'must be https; http is for tests only',
    });
  });
});

describe('the bindings of credentials', () => {
  const { clientSecret: _secret, ...entryWithout } = entry;
  const loadBindings = async (credentials: readonly object[]) => {
    const file = join(folder, 'credentials.json');
    await writeFile(file, JSON.stringify({ credentials }));
    const asked: string[] = [];
    const book = await loadCredentialBindings(file, {
      allowHttp: false,
      readText: async (name) => {
        asked.push(name);
        return readTextFile(name);
      },
    });
    expect(asked).toEqual([file]);
    return book;
  };

  test('are read without the files and variables that hold secrets', async () => {
    const tls = { caFile: 'absent', certFile: 'absent', keyEnv: 'ABSENT' };
    const book = await loadBindings([
      { ...entryWithout, clientSecretFile: 'absent', tenants: ['acme'], tls },
      { ...entryWithout, name: 'b', clientSecretEnv: 'ABSENT' },
    ]);

    const { origins } = entry;
    expect(book.find('millennium', 'acme')).toEqual({
      name: 'millennium',
      origins,
      tenants: ['acme'],
    });
    expect(book.find('millennium', 'default')).toBeUndefined();
    expect(book.find('b', 'default')).toEqual({ name: 'b', origins });
  });

  test('have no secret that the file itself holds', async () => {
    const book = await loadBindings([entry]);

    const { name, origins } = entry;
    expect(book.find('millennium', 'default')).toEqual({ name, origins });
  });

  test('are refused with a file that is not in order', async () => {
    const wrong = { ...entryWithout, clientId: 7, clientSecretFile: 'f', clientSecretEnv: 'V' };

    await expect(loadBindings([wrong])).rejects.toThrow(
      /\/credentials\/0\/clientId: [^]*\/credentials\/0\/clientSecret: give exactly one of/,
    );
  });
});

describe('a file that cannot be used', () => {
  test('is told with all its problems at once', async () => {
    await writeFile(join(folder, 'empty'), '\n');
    const { clientSecret: _, ...unsealed } = entry;

    const problems = await problemsOf({
      extra: 1,
      credentials: [],
    });
    expect(problems).toEqual({ '/extra': 'is not known' });

    expect(
      await problemsOf({
        credentials: [
          { ...entry, name: 'a b', kind: 'hunter2' },
          { ...entry, clientId: 7, origins: [], clientSecretFile: 'x' },
          { ...entry, tokenUrl: '/token', clientSecretFile: 'x' },
          { ...unsealed, name: 'c', tokenUrl: 'https://u:hunter2@a.example/', origins: ['x'] },
          { ...unsealed, name: 'd', clientSecretFile: 'absent' },
          { ...unsealed, name: 'e', clientSecretFile: 'empty' },
          { ...entry, name: 'f', origins: ['https://ehr.example/', 'ftp://ehr.example'] },
          'hunter2',
          null,
          { ...entry, name: 'g', 'od/d': 'hunter2', clientSecret: '' },
        ],
      }),
    ).toEqual({
      '/credentials/0/name': expect.any(String),
      '/credentials/0/kind': expect.stringContaining('client-secret-basic'),
      '/credentials/1/clientId': expect.any(String),
      '/credentials/1/origins': expect.any(String),
      '/credentials/1/clientSecret':
        'give exactly one of clientSecret, clientSecretFile, clientSecretEnv',
      '/credentials/2/name': 'is the name of an earlier entry',
      '/credentials/2/tokenUrl': 'must be an absolute URL',
      '/credentials/2/clientSecret':
        'give exactly one of clientSecret, clientSecretFile, clientSecretEnv',
      '/credentials/3/tokenUrl': 'must not carry user-info',
      '/credentials/3/origins/0': 'must be an absolute URL',
      '/credentials/3/clientSecret':
        'give exactly one of clientSecret, clientSecretFile, clientSecretEnv',
      '/credentials/4/clientSecretFile': 'cannot be read (ENOENT)',
      '/credentials/5/clientSecretFile': 'is an empty file',
      '/credentials/6/origins/0': 'must be an origin: scheme, host and port, without a path',
      '/credentials/6/origins/1': 'must be an https URL',
      '/credentials/7': expect.any(String),
      '/credentials/8': expect.any(String),
      '/credentials/9/od~1d': 'is not known',
      '/credentials/9/clientSecret': expect.any(String),
    });
  });

  test.each(['', '{"credentials": [{"clientSecret": "hunter2" "x"}]}', 'hunter2'])(
    'is not quoted where it is not JSON (%#)',
    async (text) => {
      expect(await problemsOf(text)).toEqual({ 'the file': 'is not valid JSON' });
    },
  );

  test.each(['[]', '"hunter2"', '{"credentials": {}}'])('is told where it is %s', async (text) => {
    expect(Object.keys(await problemsOf(text))).toHaveLength(1);
  });

  test('is named where it cannot be read', async () => {
    const file = join(folder, 'absent.json');

    await expect(loadCredentialBook(file, { allowHttp: false, env: {} })).rejects.toThrow(
      `The credentials file ${file} cannot be used:\n  the file: cannot be read (ENOENT)`,
    );
  });
});
