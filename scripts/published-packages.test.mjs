import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageManagerEnv, pnpm } from './lib/dependencies.mjs';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '..');

/** What others install; all other packages are private. */
const published = ['contract', 'client'];

/** Where somebody has installed them, beside zod, of which the types of the contract are made, and what their pages use. */
let place;
/** By name of the package. */
const tarballs = new Map();

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'bulkwatch-published-'));
  await mkdir(join(place, 'node_modules/@bulkwatch'), { recursive: true });
  await symlink(join(root, 'packages/contract/node_modules/zod'), join(place, 'node_modules/zod'));
  await mkdir(join(place, 'node_modules/@types'));
  for (const name of ['ioredis', '@types/node'])
    await symlink(join(root, 'node_modules', name), join(place, 'node_modules', name));
  for (const name of published) {
    const tarball = await pack(name);
    tarballs.set(name, await readFile(tarball));
    const folder = join(place, 'node_modules/@bulkwatch', name);
    await mkdir(folder);
    await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', folder]);
  }
});
afterAll(() => rm(place, { recursive: true, force: true }));

/** Packs as publishing does: pnpm puts versions in place of `workspace:` and `catalog:`. */
async function pack(name) {
  const args = ['--yes', pnpm, 'pack', '--json', '--pack-destination', place];
  const cwd = join(root, 'packages', name);
  const { stdout } = await run('npx', args, { cwd, env: packageManagerEnv(process.env) });
  return JSON.parse(stdout).filename;
}

const manifestOf = async (name) =>
  JSON.parse(await readFile(join(place, 'node_modules/@bulkwatch', name, 'package.json'), 'utf8'));

/** The code of a page, block by block. */
async function snippetsOf(name) {
  const page = await readFile(join(place, 'node_modules/@bulkwatch', name, 'README.md'), 'utf8');
  return [...page.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code);
}

describe.each(published)('@bulkwatch/%s, as it is published', (name) => {
  it('has nothing that publint minds', async () => {
    const { messages, pkg } = await publint({
      pack: { tarball: arrayBufferOf(tarballs.get(name)) },
      strict: true,
    });

    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it('has types that are right for modules, in Node and in bundlers', async () => {
    const { types, problems } = await checkPackage(
      createPackageFromTarballData(tarballs.get(name)),
    );
    const ofModules = problems.filter(
      ({ resolutionKind: kind }) => kind !== 'node10' && kind !== 'node16-cjs',
    );

    expect(types).toEqual({ kind: 'included' });
    expect(ofModules).toEqual([]);
  });

  it('asks for exact versions, and holds no test', async () => {
    const { dependencies, engines, version } = await manifestOf(name);
    const { stdout } = await run(
      'find',
      ['.', '-name', '*.test.*', '-o', '-name', '*.tsbuildinfo'],
      {
        cwd: join(place, 'node_modules/@bulkwatch', name),
      },
    );

    expect(Object.values(dependencies)).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
    expect(engines).toEqual({ node: '>=20' });
    expect(version).toBe(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')).version);
    expect(stdout).toBe('');
  });

  it.each(['nodenext', 'bundler'])('has a page whose code compiles, by %s', async (resolution) => {
    const snippets = await snippetsOf(name);
    // Apart, since ioredis brings the types of Node, and the others are to do without.
    const ofNode = snippets.filter((code) => code.includes("'ioredis'"));
    const ofAll = snippets.filter((code) => !ofNode.includes(code));

    expect(ofAll.length).toBeGreaterThan(0);
    expect(await compile(`${name}-${resolution}`, resolution, ofAll)).toBe('');
    expect(await compile(`${name}-${resolution}-node`, resolution, ofNode)).toBe('');
  });
});

/** What the compiler has to say of the snippets. */
async function compile(folderName, resolution, snippets) {
  const folder = join(place, folderName);
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(join(folder, 'tsconfig.json'), tsconfig(resolution));
  for (const [index, code] of snippets.entries())
    await writeFile(join(folder, `snippet-${index}.ts`), code);
  if (snippets.length === 0) return '';
  const { stdout } = await run(join(root, 'node_modules/.bin/tsc'), ['-p', folder]).catch(
    (error) => error,
  );
  return stdout;
}

describe('the client, as it is published', () => {
  it('runs with nothing beside it', async () => {
    await rm(join(place, 'node_modules/@bulkwatch/contract'), { recursive: true });
    for (const other of ['zod', 'ioredis']) await rm(join(place, 'node_modules', other));
    const code = `
      const { createClient } = await import('@bulkwatch/client');
      for (const entry of ['redis', 'download', 'testing']) await import('@bulkwatch/client/' + entry);
      const client = createClient({ baseUrl: 'http://127.0.0.1:1', retries: 0 });
      console.log(await client.getJob('1').catch(({ reason }) => reason));`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], {
      cwd: place,
    });

    expect(stdout.trim()).toBe('connection-failed');
  });

  it.each(['index', 'redis', 'testing'])('needs nothing of Node for %s', async (entry) => {
    const imported = await importedBy(`./${entry}.js`);

    expect(imported.size).toBeGreaterThan(5);
    expect([...imported].filter((specifier) => !specifier.startsWith('.'))).toEqual([]);
  });
});

/** All that a module of the client imports, and what that imports in turn, as paths from `dist`. */
async function importedBy(path, found = new Set()) {
  if (found.has(path)) return found;
  found.add(path);
  if (!path.startsWith('.')) return found;
  const text = await readFile(join(place, 'node_modules/@bulkwatch/client/dist', path), 'utf8');
  const imports = /^(?:(?:import|export) [\w\s{},*$]*?from|import) ['"]([^'"]+)['"]/gm;
  for (const [, specifier] of text.matchAll(imports)) {
    const target = specifier.startsWith('.') ? `./${join(path, '..', specifier)}` : specifier;
    await importedBy(target, found);
  }
  return found;
}

/** Strict, checking the declarations too, with what browsers have and nothing of Node's. */
function tsconfig(resolution) {
  const compilerOptions = {
    module: resolution === 'bundler' ? 'esnext' : resolution,
    moduleResolution: resolution,
    target: 'es2023',
    lib: ['es2023', 'dom'],
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
  };
  return JSON.stringify({ compilerOptions });
}

function arrayBufferOf(bytes) {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}
