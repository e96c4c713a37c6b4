import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@bulkwatch/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConfigurationError } from './configuration-error.js';
import { openCredentialBindings, openCredentialBook } from './credential-watch.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'credential-watch-'));
  await write('secret', 'first\n');
  await write('credentials.json', JSON.stringify({ credentials: [entry] }));
});
afterEach(() => rm(folder, { recursive: true }));

const entry = {
  name: 'a',
  kind: 'static-bearer',
  tokenFile: 'secret',
  origins: ['https://ehr.example'],
};

/** In one step, as a careful operator or an orchestrator does. */
async function write(name: string, text: string): Promise<void> {
  await writeFile(join(folder, `${name}.new`), text);
  await rename(join(folder, `${name}.new`), join(folder, name));
}

async function setup(everyMs?: number) {
  const reloads: [outcome: string, error: unknown][] = [];
  const book = await openCredentialBook(join(folder, 'credentials.json'), {
    allowHttp: false,
    env: {},
    ...(everyMs !== undefined && { everyMs }),
    onReload: (outcome, error) => reloads.push([outcome, error]),
  });
  const token = () => {
    const found = book.find('a', 'default');
    return found?.kind === 'static-bearer' ? found.token.reveal() : undefined;
  };
  return { book, reloads, token };
}

test('a book follows its file', async () => {
  const { book, reloads } = await setup();
  const before = book.find('a', 'default')?.fingerprint;

  await book.refresh();
  expect(reloads).toEqual([]);
  expect(book.find('a', 'default')?.fingerprint).toBe(before);
  await write('credentials.json', JSON.stringify({ credentials: [{ ...entry, name: 'b' }] }));
  await book.refresh();

  expect(book.names()).toEqual(['b']);
  expect(reloads).toEqual([['loaded', undefined]]);
});

test('a book notices the swapped link of a mounted Kubernetes secret', async () => {
  const mount = async (version: string, token: string) => {
    await mkdir(join(folder, version));
    await writeFile(join(folder, version, 'secret'), token);
    await symlink(version, join(folder, '..data.new'));
    await rename(join(folder, '..data.new'), join(folder, '..data'));
  };
  await mount('..1', 'first');
  await rm(join(folder, 'secret'));
  await symlink(join('..data', 'secret'), join(folder, 'secret'));
  const { book, reloads, token } = await setup();

  await mount('..2', 'other');
  await rm(join(folder, '..1'), { recursive: true });
  await book.refresh();

  expect(reloads).toEqual([['loaded', undefined]]);
  expect(token()).toBe('other');
});

test('a book follows the files that its file names, of the same length too', async () => {
  const { book, token } = await setup();

  await write('secret', 'again\n');
  await book.refresh();

  expect(token()).toBe('again');
});

test('a bad version leaves the old one in force, is told once, and is mended by a good one', async () => {
  const { book, reloads, token } = await setup();

  await rm(join(folder, 'secret'));
  await book.refresh();
  await book.refresh();
  expect(token()).toBe('first');
  expect(reloads).toEqual([['rejected', expect.any(ConfigurationError)]]);
  await write('secret', 'mended');
  await book.refresh();

  expect(token()).toBe('mended');
  expect(reloads.map(([outcome]) => outcome)).toEqual(['rejected', 'loaded']);
});

test('a file that was cut short is read again when it is whole', async () => {
  const { book, reloads } = await setup();

  await writeFile(join(folder, 'credentials.json'), '{"credentials": [');
  await book.refresh();
  await writeFile(join(folder, 'credentials.json'), '{"credentials": []}');
  await book.refresh();

  expect(book.names()).toEqual([]);
  expect(reloads.map(([outcome]) => outcome)).toEqual(['rejected', 'loaded']);
});

test('once started, a book looks by itself until it is stopped', async () => {
  const { book, token } = await setup(10);
  book.start();
  try {
    await write('secret', 'second');
    await eventually(() => expect(token()).toBe('second'));
  } finally {
    book.stop();
  }
});

test('bindings follow their file, and no file that it names', async () => {
  const reloads: string[] = [];
  const bindings = await openCredentialBindings(join(folder, 'credentials.json'), {
    allowHttp: false,
    onReload: (outcome) => reloads.push(outcome),
  });

  await rm(join(folder, 'secret'));
  await bindings.refresh();
  expect(reloads).toEqual([]);
  await write('credentials.json', JSON.stringify({ credentials: [{ ...entry, name: 'b' }] }));
  await bindings.refresh();

  expect(bindings.names()).toEqual(['b']);
  expect(reloads).toEqual(['loaded']);
});

test('a book without a file has nothing to follow', async () => {
  const book = await openCredentialBook(undefined, {
    allowHttp: false,
    env: {},
    onReload: () => {
      throw new Error('there is nothing to load');
    },
  });

  await book.refresh();

  expect(book.names()).toEqual([]);
});
