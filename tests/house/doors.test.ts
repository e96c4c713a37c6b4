import { builtinModules } from 'node:module';
import { describe, expect, it } from 'vitest';
import { type HouseFile, proofs, roomOf, sources, textOf } from './house-files.js';
import { importsOf } from './read-code.js';

const files = [...sources, ...proofs];

/** Which rooms a room may open. `runtime` and the words of `contract` are the only ones below others. */
const openDoors: Readonly<Record<string, readonly string[]>> = {
  'packages/contract': [],
  'packages/core': ['contract'],
  'packages/runtime': [],
  'packages/store': ['contract', 'core', 'runtime'],
  'packages/egress': ['contract', 'core', 'runtime'],
  'packages/simulator': [],
  'packages/cli': ['client', 'contract', 'egress', 'runtime', 'simulator', 'store'],
  'packages/client': ['contract'],
  'packages/tracing': ['runtime'],
  'packages/testkit': ['contract', 'core', 'runtime', 'store', 'egress', 'simulator'],
  'services/api': ['contract', 'core', 'runtime', 'store', 'egress', 'tracing'],
  'services/worker': ['contract', 'core', 'runtime', 'store', 'egress', 'tracing'],
  infra: ['contract', 'runtime'],
  chaos: ['client', 'contract', 'simulator', 'store', 'testkit'],
  'tests/simulation': ['contract', 'core', 'egress', 'runtime', 'store', 'worker'],
};

/** Where a third-party library, or a part of node that reaches outside, may be imported: prefixes of paths. */
const libraries: Readonly<Record<string, readonly string[]>> = {
  '@grafana/grafana-foundation-sdk': ['infra/src/drawing/', 'infra/src/grafana/'],
  '@kubernetes-models/keda': ['infra/src/kubernetes/'],
  '@kubernetes-models/prometheus-operator': ['infra/src/kubernetes/'],
  '@opentelemetry/api': ['packages/tracing/'],
  '@opentelemetry/exporter-trace-otlp-http': ['packages/tracing/'],
  '@opentelemetry/resources': ['packages/tracing/'],
  '@opentelemetry/sdk-trace-base': ['packages/tracing/'],
  bullmq: [
    // The same exports, the way that everybody writes it: what this house is compared with.
    'chaos/src/plain-bullmq/',
    'packages/store/src/wake-up-queue.ts',
    'packages/store/src/webhooks/webhook-queue.ts',
    'services/worker/src/bullmq-adapter.ts',
  ],
  echarts: ['infra/src/drawing/'],
  express: ['services/api/'],
  helmet: ['services/api/'],
  ioredis: ['chaos/', 'packages/store/', 'tests/simulation/src/redis/'],
  'ipaddr.js': ['packages/egress/'],
  'kubernetes-models': ['infra/src/kubernetes/'],
  jose: ['packages/egress/', 'packages/simulator/', 'services/api/'],
  oauth4webapi: ['packages/egress/'],
  pino: ['packages/runtime/src/logging/'],
  piscina: ['services/worker/src/reader.ts'],
  'prom-client': ['packages/runtime/src/metrics/'],
  standardwebhooks: ['packages/egress/src/webhooks/'],
  'swagger-ui-dist': ['services/api/src/pages.ts'],
  undici: ['chaos/', 'packages/egress/'],
  uuid: ['packages/store/'],
  yaml: ['infra/src/'],
  zod: [
    'packages/core/',
    'packages/contract/',
    'packages/egress/',
    'packages/runtime/',
    'packages/simulator/',
    'services/api/',
  ],
  'node:child_process': ['chaos/', 'packages/testkit/'],
  'node:dgram': [],
  'node:dns': ['packages/egress/'],
  'node:dns/promises': ['packages/egress/'],
  // For servers; the one client is in egress.
  'node:http': [
    'chaos/',
    'packages/egress/',
    'packages/runtime/src/ops-server.ts',
    'packages/simulator/',
    'packages/testkit/',
    'services/api/',
  ],
  'node:http2': [],
  'node:https': ['packages/egress/', 'packages/simulator/src/bad-tls.ts', 'packages/testkit/'],
  'node:net': [
    'chaos/',
    'packages/egress/',
    'packages/store/src/redis/',
    'packages/simulator/',
    'packages/testkit/',
    // These two only ask it what is an address.
    'packages/runtime/src/settings/setting-kinds.ts',
    'services/api/src/auth/source-of.ts',
  ],
  'node:tls': ['packages/egress/', 'packages/store/src/redis/', 'packages/testkit/'],
};

/** What the file imports that it must not, as sentences. */
function closedDoors(file: HouseFile): string[] {
  return importsOf(file).flatMap(({ specifier, typeOnly }) => {
    if (specifier.startsWith('.')) return leavesRoom(file, specifier);
    if (specifier.startsWith('@bulkwatch/')) return wrongRoom(file, specifier);
    if (specifier.startsWith('node:') && (typeOnly || !(specifier in libraries))) return [];
    const name = specifier.startsWith('node:') ? specifier : packageName(specifier);
    if (builtinModules.includes(specifier))
      return [`${file.path} imports ${specifier} without node:`];
    const allowed = libraries[name];
    if (!allowed)
      return [`${file.path} imports ${name}, which has no row in the table of libraries`];
    return allowed.some((prefix) => file.path.startsWith(prefix))
      ? []
      : [`${file.path} imports ${name}`];
  });
}

function leavesRoom(file: HouseFile, specifier: string): string[] {
  const target = new URL(specifier, `file:///${file.path}`).pathname.slice(1);
  const inside = target.startsWith(`${roomOf(file.path)}/src/`);
  return inside && specifier.endsWith('.js') ? [] : [`${file.path} imports ${specifier}`];
}

function wrongRoom(file: HouseFile, specifier: string): string[] {
  const [, name = '', ...deeper] = specifier.split('/');
  const open = openDoors[roomOf(file.path)]?.includes(name) && isEntry(name, deeper.join('/'));
  return open ? [] : [`${file.path} imports ${specifier}`];
}

/** Whether a package has that entry: its front door, or one that it names itself. */
function isEntry(name: string, path: string): boolean {
  const folder = name === 'api' || name === 'worker' ? 'services' : 'packages';
  const { exports } = JSON.parse(textOf(`${folder}/${name}/package.json`)) as { exports?: object };
  return path === '' || Object.hasOwn(exports ?? {}, `./${path}`);
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

describe('the doors of the house', () => {
  it('are respected by every source file', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(files.flatMap(closedDoors)).toEqual([]);
  });

  it('are known for every room', () => {
    const rooms = new Set(files.map(({ path }) => roomOf(path)));

    expect([...rooms].toSorted()).toEqual(Object.keys(openDoors).toSorted());
  });

  it('have no row for a library that is not used', () => {
    const used = new Set(
      files.flatMap((file) => importsOf(file).map(({ specifier }) => packageName(specifier))),
    );
    const names = Object.keys(libraries).filter((name) => !name.startsWith('node:'));

    expect(names.filter((name) => !used.has(name))).toEqual([]);
  });

  it('match what each package declares', () => {
    const wrong = Object.keys(openDoors).flatMap(undeclaredOrUnused);

    expect(wrong).toEqual([]);
  });

  it.each([
    ['packages/core/src/a.ts', '@bulkwatch/store'],
    ['packages/runtime/src/a.ts', '@bulkwatch/contract'],
    ['services/api/src/a.ts', '@bulkwatch/worker'],
    ['services/api/src/a.ts', '@bulkwatch/testkit'],
    ['services/api/src/a.ts', '@bulkwatch/store/dist/keys.js'],
    ['services/api/src/a.ts', '../../worker/src/poll-job.js'],
    ['services/api/src/a.ts', './server'],
    ['services/api/src/a.ts', 'ioredis'],
    ['packages/client/src/a.ts', '@bulkwatch/store'],
    ['packages/cli/src/a.ts', '@bulkwatch/client/dist/download.js'],
    ['packages/store/src/a.ts', 'node:http'],
    ['packages/store/src/a.ts', 'bullmq'],
    ['packages/store/src/a.ts', 'fs'],
    ['packages/store/src/a.ts', 'lodash/get'],
  ])('would be seen when %s imports %s', (path, specifier) => {
    expect(closedDoors({ path, text: `import { x } from '${specifier}';` })).toHaveLength(1);
  });

  it('may be another one that a package names', () => {
    const text = "import { downloadExport } from '@bulkwatch/client/download';";

    expect(closedDoors({ path: 'packages/cli/src/a.ts', text })).toEqual([]);
  });
});

function undeclaredOrUnused(room: string): string[] {
  const { dependencies, optionalDependencies } = JSON.parse(textOf(`${room}/package.json`)) as {
    dependencies?: object;
    optionalDependencies?: object;
  };
  const declared = Object.keys({ ...dependencies, ...optionalDependencies });
  const imported = new Set(
    files
      .filter(({ path }) => roomOf(path) === room)
      .flatMap((file) => importsOf(file))
      .map(({ specifier }) => specifier)
      .filter((specifier) => !/^(\.|node:)/.test(specifier))
      .map(packageName),
  );
  return [
    ...[...imported]
      .filter((name) => !declared.includes(name))
      .map((name) => `${room} lacks ${name}`),
    ...declared.filter((name) => !imported.has(name)).map((name) => `${room} never uses ${name}`),
  ];
}
