import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesAt, type HouseFile, offences } from './house-files.js';

const sourceLines = 300;
const testLines = 500;
/** All but this file, which has to name what it forbids. */
const everywhere = filesAt(/^(?!tests\/house\/files)/);
const code = filesAt(/\.(ts|mjs|lua|sh)$/);

/** A path of somebody's machine, at the start of a word. */
const machinePath = /(?<![\w./}-])\/(work|root|home|Users)\/\w+/;
/** Where packages come from is the installer's own setting. */
const registryAddress =
  /\bregistry\.npmjs\b|https?:\/\/[^\s/'"]*\b(registry|nexus|artifactory|mirror)\b/i;

const countLines = (file: HouseFile) => file.text.trimEnd().split('\n').length;
const isTest = (path: string) => /\.test\.(ts|mjs)$|(^|\/)tests\//.test(path);

function tooLong(file: HouseFile): string[] {
  const limit = isTest(file.path) ? testLines : sourceLines;
  const lines = countLines(file);
  return lines > limit ? [`${file.path} has ${lines} lines; the limit is ${limit}`] : [];
}

function illNamed({ path }: HouseFile): string[] {
  const name = basename(path).replace(
    /\.(test|e2e\.test|int\.test|config|d)?\.?(ts|mjs|lua|sh)$/,
    '',
  );
  const kebab = /^_?[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name);
  const drawer = /(^|-)(utils?|helpers?|common|misc|manager|service)(-|$)/.test(name);
  return kebab && !drawer ? [] : [`${path} is not named for its one concept`];
}

describe('files of code', () => {
  it('are short', () => {
    expect(code.flatMap(tooLong)).toEqual([]);
  });

  it('are named for what they hold, in kebab-case', () => {
    expect(code.flatMap(illNamed)).toEqual([]);
  });
});

describe('no file', () => {
  it('names a path of somebody’s machine', () => {
    expect(everywhere.flatMap((file) => offences(file, machinePath))).toEqual([]);
  });

  it('names the address of a registry', () => {
    expect(everywhere.flatMap((file) => offences(file, registryAddress))).toEqual([]);
  });
});

it('would see each of these', () => {
  const sample = (path: string, text: string) => ({ path, text });

  expect(tooLong(sample('packages/a/src/b.ts', 'line\n'.repeat(301)))).toHaveLength(1);
  expect(tooLong(sample('packages/a/src/b.ts', 'line\n'.repeat(300)))).toHaveLength(0);
  expect(tooLong(sample('packages/a/src/b.test.ts', 'line\n'.repeat(501)))).toHaveLength(1);
  expect(illNamed(sample('packages/a/src/url-utils.ts', ''))).toHaveLength(1);
  expect(illNamed(sample('packages/a/src/pollJob.ts', ''))).toHaveLength(1);
  expect(offences(sample('a.md', 'see /home/me/notes'), machinePath)).toHaveLength(1);
  expect(
    offences(
      sample('a.md', ['https:', '', 'registry.example.com', 'x'].join('/')),
      registryAddress,
    ),
  ).toHaveLength(1);
});
