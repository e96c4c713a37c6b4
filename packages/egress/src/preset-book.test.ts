import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtInPresets } from '@bulkwatch/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigurationError } from './configuration-error.js';
import { loadPresetBook } from './preset-book.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'preset-book-'));
});
afterAll(() => rm(folder, { recursive: true }));

const setting = 'BULKWATCH_PROVIDER_PRESETS';
const byOrigin = (...names: string[]) =>
  new Map(names.map((name, index) => [`https://${index}.example`, name]));

async function fileOf(content: unknown): Promise<string> {
  const file = join(folder, 'presets.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

async function problemsOf(loading: Promise<unknown>) {
  const error = await loading.catch((thrown: unknown) => thrown);
  if (!(error instanceof ConfigurationError)) throw new Error('it was accepted', { cause: error });
  return error.problems.map(({ where, message }) => `${where}: ${message}`);
}

describe('a preset book', () => {
  test('without a file has the built-in presets', async () => {
    const book = await loadPresetBook(undefined);

    expect(book.names()).toEqual([...builtInPresets.keys()]);
    expect(book.ofOrigin('https://0.example')).toEqual(builtInPresets.get('generic'));
  });

  test('has the presets of the file, also for origins', async () => {
    const file = await fileOf({ presets: { lab: { title: 'The lab' } } });

    const book = await loadPresetBook(file, byOrigin('lab', 'generic'));

    expect(book.find('lab')?.title).toBe('The lab');
    expect(book.ofOrigin('https://0.example').title).toBe('The lab');
    expect(book.ofOrigin('https://1.example')).toEqual(builtInPresets.get('generic'));
  });

  test('is not made of a faulty file and unknown names: all of it is told at once', async () => {
    const file = await fileOf({ presets: { 'lab-one': { title: '' }, epic2: {}, Lab: {} } });

    const problems = await problemsOf(
      loadPresetBook(file, byOrigin('generic', 'lab-one', 'lab-ono', 'quite-another')),
    );

    expect(problems).toEqual([
      expect.stringMatching(/^\/presets\/lab-one\/title: /),
      expect.stringMatching(/^\/presets\/epic2\/title: /),
      expect.stringMatching(/^\/presets\/Lab: /),
      expect.stringMatching(/^\/presets\/Lab\/title: /),
      `${setting}: entry 3 names no preset; did you mean lab-one?`,
      `${setting}: entry 4 names no preset`,
    ]);
  });

  test('knows only the built-in names where there is no file', async () => {
    expect(await problemsOf(loadPresetBook(undefined, byOrigin('lab')))).toEqual([
      `${setting}: entry 1 names no preset`,
    ]);
  });

  test('blames no name on a file that cannot be read', async () => {
    const names = byOrigin('lab');
    const absent = join(folder, 'absent.json');

    expect(await problemsOf(loadPresetBook(await fileOf('{'), names))).toEqual([
      'the file: is not valid JSON',
    ]);
    await expect(loadPresetBook(absent, names)).rejects.toThrow(
      `The presets of ${absent} cannot be used:\n  the file: cannot be read (ENOENT)`,
    );
  });
});
