import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { filesAt, houseFiles, textOf } from './house-files.js';

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly type?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const manifests = filesAt(
  /^((infra|chaos|tests\/simulation|(packages|services)\/[^/]+)\/)?package\.json$/,
).map(({ path, text }) => ({
  folder: path.replace(/\/?package\.json$/, ''),
  manifest: JSON.parse(text) as Manifest,
}));
/** What others install; scripts/published-packages.test.mjs looks at them as they do. */
const published = new Set(['packages/client', 'packages/contract']);
const rooms = manifests.filter(({ folder }) => folder !== '');

function dependenciesOf(manifest: Manifest): [name: string, version: string][] {
  const { dependencies, optionalDependencies, devDependencies } = manifest;
  return Object.entries({ ...dependencies, ...optionalDependencies, ...devDependencies });
}

function unpinned({ folder, manifest }: (typeof manifests)[number]): string[] {
  return dependenciesOf(manifest)
    .filter(
      ([name, version]) =>
        version !== (name.startsWith('@bulkwatch/') ? 'workspace:*' : 'catalog:'),
    )
    .map(([name, version]) => `${folder || 'the root'} asks for ${name} ${version}`);
}

describe('every package', () => {
  it('takes its third-party versions from the catalog', () => {
    expect(manifests.length).toBeGreaterThan(8);
    expect(manifests.flatMap(unpinned)).toEqual([]);
  });

  it('is of modules, named for its folder, and private unless others install it', () => {
    const expected = rooms.map(({ folder }) => ({
      name: `@bulkwatch/${folder.split('/').at(-1)}`,
      private: published.has(folder) ? undefined : true,
      type: 'module',
    }));

    expect(
      rooms.map(({ manifest: { name, private: hidden, type } }) => ({
        name,
        private: hidden,
        type,
      })),
    ).toEqual(expected);
  });

  it.each(rooms)('$folder has one index, at its front door', ({ folder }) => {
    const indexes = houseFiles.filter(
      ({ path }) => path.startsWith(`${folder}/`) && path.endsWith('/index.ts'),
    );

    expect(indexes.map(({ path }) => path)).toEqual([`${folder}/src/index.ts`]);
  });

  it.each(rooms)('$folder is compiled with the house', ({ folder }) => {
    const { references } = JSON.parse(textOf('tsconfig.json')) as {
      references: { path: string }[];
    };

    expect(references.map(({ path }) => path)).toContain(folder);
  });

  it.each(rooms)('$folder is named in ARCHITECTURE.md', ({ folder }) => {
    expect(textOf('ARCHITECTURE.md')).toContain(folder);
  });
});

describe('the catalog', () => {
  const { catalog } = parse(textOf('pnpm-workspace.yaml')) as { catalog: Record<string, string> };

  it('pins exact versions', () => {
    const loose = Object.entries(catalog).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));

    expect(loose).toEqual([]);
  });

  it('lists nothing that no package uses', () => {
    const used = new Set(
      manifests.flatMap(({ manifest }) => dependenciesOf(manifest).map(([name]) => name)),
    );

    expect(Object.keys(catalog).filter((name) => !used.has(name))).toEqual([]);
  });
});

describe('the lockfile', () => {
  it('says nothing about where packages were fetched from', () => {
    expect(textOf('pnpm-lock.yaml')).not.toMatch(/\b(?:tarball|registry):/);
  });
});

it('would see a version written outside of the catalog', () => {
  const manifest = {
    name: 'x',
    dependencies: { zod: '^4.0.0', '@bulkwatch/core': '1.0.0', pino: 'catalog:' },
  };

  expect(unpinned({ folder: 'packages/x', manifest })).toHaveLength(2);
});
