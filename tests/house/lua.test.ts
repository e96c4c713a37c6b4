import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesAt, textOf } from './house-files.js';

const lineLimit = 120;
const files = filesAt(/\.lua$/).map(({ path, text }) => ({
  path,
  text,
  name: basename(path, '.lua'),
  header: text.slice(0, text.search(/^(?!--)/m)),
}));
const isShared = ({ path }: { path: string }) => path.startsWith('packages/store/scripts/lib/');
const scripts = files.filter((file) => !isShared(file));

/** The files that type the scripts. */
const typed = [
  'scripts.ts',
  'token-scripts.ts',
  'fleet/fleet-scripts.ts',
  'schema/schema-scripts.ts',
  'webhooks/webhook-scripts.ts',
]
  .map((file) => textOf(`packages/store/src/${file}`))
  .join('\n');

/** Names of a definition's keys and arguments. */
const definitions = new Map(
  [
    ...typed.matchAll(
      /name: '([^']+)',\s*(?:uses: \[([^\]]*)\],\s*)?keys: \[([^\]]*)\],\s*args: \[([^\]]*)\]/g,
    ),
  ].map(([, name = '', uses = '', keys = '', args = '']) => [
    name,
    {
      uses: uses.match(/[\w-]+/g) ?? [],
      keys: keys.match(/\w+/g) ?? [],
      args: args.match(/\w+/g) ?? [],
    },
  ]),
);

/** How many things a part of the header numbers from 1 on without a gap; `9..` begins an open end. */
function numbered(header: string, part: 'KEYS' | 'ARGV'): number {
  const next = part === 'KEYS' ? 'ARGV' : 'Returns';
  const text = header.slice(header.indexOf(`-- ${part} `), header.indexOf(`-- ${next}`));
  let count = 0;
  while (new RegExp(`(^-- ${part} |--|   ) *${count + 1} \\S`, 'm').test(text)) count += 1;
  return count;
}

describe.each(scripts)('$path', ({ path, name, header, text }) => {
  it('lives with the other scripts', () => {
    expect(path).toBe(`packages/store/scripts/${name}.lua`);
  });

  it('begins with a sentence about its purpose, and says what it returns', () => {
    expect(header.split('\n')[0]).toMatch(/^-- [A-Z].{20,}/);
    expect(header).toContain('-- Returns ');
  });

  it('numbers the keys and arguments that its definition names', () => {
    const definition = definitions.get(name);

    expect(numbered(header, 'KEYS')).toBe(definition?.keys.length);
    expect(numbered(header, 'ARGV')).toBe(definition?.args.length);
  });

  it('touches no key beyond those', () => {
    const used = [...text.matchAll(/KEYS\[(\d+)\]/g)].map((match) => Number(match[1]));

    expect(Math.max(...used)).toBe(definitions.get(name)?.keys.length);
  });

  it('names the shared functions that it uses', () => {
    const named = [...header.matchAll(/lib\/([\w-]+)\.lua/g)].map(([, lib]) => lib);

    expect(named.toSorted()).toEqual((definitions.get(name)?.uses ?? []).toSorted());
  });

  it('is one state transition long', () => {
    expect(text.split('\n').length).toBeLessThanOrEqual(lineLimit);
  });
});

describe.each(files.filter(isShared))('$path', ({ name, header, text }) => {
  it('begins with a sentence about its purpose', () => {
    expect(header.split('\n')[0]).toMatch(/^-- [A-Z].{20,}/);
  });

  it('is given its keys', () => {
    expect(text).not.toMatch(/KEYS|ARGV/);
  });

  it('is used', () => {
    expect([...definitions.values()].flatMap(({ uses }) => uses)).toContain(name);
  });
});

it('every definition has its script', () => {
  expect([...definitions.keys()].toSorted()).toEqual(scripts.map(({ name }) => name).toSorted());
});
