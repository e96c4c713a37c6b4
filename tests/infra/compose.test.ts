import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { loadSettings } from '@bulkwatch/runtime';
import { DCLinter } from 'dclint';
import { describe, expect, it } from 'vitest';
import type { ComposeFile } from './support/compose-file.js';
import { pathOf, readJson, readText, readYaml } from './support/infra-files.js';

const compose = readYaml<ComposeFile>('docker-compose.yml');
const services = Object.entries(compose.services).map(([name, service]) => ({ name, ...service }));
const demoDeployment = './infra/demo';
/** A file name of compose with the default of the deployment folder put in. */
const withDefaults = (file: string) =>
  file.replace(/\$\{DEPLOYMENT_DIR:-([^}]*)\}/, (_, folder: string) => folder);

it('follows the schema of compose files', () => {
  const linter = new DCLinter({
    rules: {
      // As the formatter writes them.
      'require-quotes-in-ports': [2, { quoteType: 'double' }],
      // The order is for the reader.
      'service-dependencies-alphabetical-order': 0,
      'service-keys-order': 0,
      'services-alphabetical-order': 0,
      'top-level-properties-order': 0,
    },
    quiet: false,
    debug: false,
    exclude: [],
  });
  // Its declarations do not resolve under nodenext.
  const results = linter.lintFiles([pathOf('docker-compose.yml')], false) as {
    messages: unknown[];
  }[];
  expect(results.map(({ messages }) => messages)).toEqual([[]]);
});

describe.each(services)('$name', (service) => {
  it('is pinned, or built here', () => {
    if (service.build) {
      expect(service.image).toBeUndefined();
      expect(existsSync(pathOf(service.build.dockerfile))).toBe(true);
    } else {
      expect(service.image).toMatch(/^[\w./-]+:v?\d+\.\d+\.\d+(-[\w.-]+)?$/);
    }
  });

  it('can change nothing but its data, and become nobody else', () => {
    expect(service.read_only).toBe(true);
    expect(service.cap_drop).toEqual(['ALL']);
    expect(service.cap_add).toBeUndefined();
    expect(service.privileged).toBeUndefined();
    expect(service.security_opt).toContain('no-new-privileges:true');
    expect(service.user).toMatch(/^(?!(?:root|0)(?::|$))\w+/);
  });

  it('takes no more than its share', () => {
    expect(service.mem_limit).toMatch(/^\d+[mg]$/);
    expect(service.pids_limit).toBeGreaterThan(0);
    // Docker refuses more processors than a machine has.
    expect(service.cpus).toBe(1);
  });

  it('publishes to this machine only', () => {
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('says whether it is well, unless it is soon over', () => {
    if (service.restart === 'no') expect(service.healthcheck).toBeUndefined();
    else expect(service.healthcheck?.test[0]).toBe('CMD');
  });

  it('waits for others to be well, not just to be started', () => {
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(condition).toBe('service_healthy');
      expect(compose.services[other]?.healthcheck).toBeDefined();
    }
  });

  it('mounts what exists, and files of ours only to read', () => {
    for (const volume of service.volumes ?? []) {
      const [source = '', , mode] = withDefaults(volume).split(':');
      if (!source.startsWith('.')) expect(Object.keys(compose.volumes)).toContain(source);
      else {
        expect(existsSync(pathOf(source))).toBe(true);
        expect(mode).toBe('ro');
      }
    }
  });
});

describe('redis', () => {
  const { redis } = compose.services;

  it('is published to nobody, and shares a network without a way out with ours alone', () => {
    expect(redis?.ports).toBeUndefined();
    expect(redis?.networks).toEqual(['store']);
    expect(compose.networks['store']?.internal).toBe(true);
    const neighbours = services.filter(({ networks }) => networks?.includes('store'));
    expect(neighbours.map(({ name }) => name).sort()).toEqual([
      'api',
      'cli',
      'demo-register',
      'redis',
      'worker',
    ]);
  });

  it('keeps its data in a volume and uses our configuration', () => {
    const [, , configured = ''] = /^(\S+) (\S+)/.exec(redis?.command?.join(' ') ?? '') ?? [];
    expect(redis?.volumes).toContain('redis-data:/data');
    expect(redis?.volumes).toContain(`./infra/redis/redis.conf:${configured}:ro`);
  });

  it('refuses writes before it is killed, even while it rewrites its file', () => {
    const [, maxmemory = ''] = /--maxmemory (\d+)gb/.exec(redis?.command?.join(' ') ?? '') ?? [];
    const limit = Number.parseInt(redis?.mem_limit ?? '', 10);
    expect(redis?.mem_limit).toMatch(/m$/);
    expect(limit).toBeGreaterThan(Number(maxmemory) * 2 * 1_024);
  });
});

describe.each(['api', 'worker'] as const)('%s', (name) => {
  const service = compose.services[name];
  const settingsFile = withDefaults(service?.env_file ?? '');
  const demoSettings = Object.fromEntries(
    readText(settingsFile)
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.split('=', 2) as [string, string]),
  );
  const wiring = Object.fromEntries(
    Object.entries(service?.environment ?? {}).map(([key, value]) => [key, String(value)]),
  );

  it('starts with the settings of the demo deployment', () => {
    expect(() => loadSettings(name, { ...demoSettings, ...wiring })).not.toThrow();
  });

  it('is asked by the script of the image whether it is ready', () => {
    expect(service?.healthcheck?.test).toEqual(['CMD', 'node', 'healthcheck.mjs', '/readyz']);
  });

  it('is published, if at all, where it listens', () => {
    const ports = service?.ports ?? [];
    const { apiPort } = loadSettings(name, { ...demoSettings, ...wiring });
    expect(ports.map((port) => Number(port.split(':').at(-1)))).toEqual(
      name === 'api' ? [apiPort] : [],
    );
  });

  it('has more time to stop than it takes', () => {
    const { shutdownGraceMs } = loadSettings(name, { ...demoSettings, ...wiring });
    expect(Number.parseInt(service?.stop_grace_period ?? '', 10) * 1_000).toBeGreaterThan(
      shutdownGraceMs,
    );
  });

  it('has what its settings name as files', () => {
    const named = Object.entries(wiring).filter(([key]) => key.endsWith('_FILE'));
    const mounts = [
      ...(service?.configs ?? []).map(({ source, target }) => ({ source, target })),
      ...(service?.secrets ?? []).map((source) => ({ source, target: `/run/secrets/${source}` })),
    ];
    expect(named.map(([, file]) => file)).toEqual(mounts.map(({ target }) => target));
    for (const { source } of mounts) {
      const mounted = compose.configs[source] ?? compose.secrets[source];
      expect(existsSync(pathOf(withDefaults(mounted?.file ?? '')))).toBe(true);
    }
  });

  it('takes everything from one folder, the demo by default', () => {
    const files = [
      ...(service?.configs ?? []).map(({ source }) => compose.configs[source]),
      ...(service?.secrets ?? []).map((source) => compose.secrets[source]),
    ].map((mounted) => mounted?.file ?? '');
    for (const source of [service?.env_file, ...files, ...(service?.volumes ?? [])])
      expect(source).toMatch(`\${DEPLOYMENT_DIR:-${demoDeployment}}/`);
  });
});

describe('the secrets of credentials', () => {
  const credentialsFile = compose.services['worker']?.configs?.[0]?.target ?? '';

  it('are where the credentials file names them, for the worker alone', () => {
    const holders = services.filter(({ volumes }) =>
      volumes?.some((volume) => withDefaults(volume).startsWith(`${demoDeployment}/secrets:`)),
    );
    expect(holders.map(({ name }) => name)).toEqual(['worker']);
    expect(holders[0]?.volumes?.[0]).toContain(`:${dirname(credentialsFile)}/secrets:ro`);
  });

  it('are not in the credentials file of the demo, which the api sees', () => {
    const { credentials } = readJson<{ credentials: readonly object[] }>(
      'infra/demo/credentials.json',
    );
    for (const credential of credentials) {
      expect(credential).not.toHaveProperty('clientSecret');
      expect(credential).not.toHaveProperty('token');
    }
  });
});

describe('the command line tool', () => {
  const { cli } = compose.services;

  it('is there for whoever asks, and starts with what it is given', () => {
    expect(cli?.profiles).toEqual(['tools']);
    expect(cli?.build?.args.PACKAGE).toBe('cli');
    const { BULKWATCH_API_KEY_FILE: keyFile, ...env } = Object.fromEntries(
      Object.entries(cli?.environment ?? {}).map(([key, value]) => [key, String(value)]),
    );
    expect(() => loadSettings('cli', env)).not.toThrow();
    // Only where a file is named: none is a key that cannot be read.
    expect(keyFile).toBe('${API_KEY_FILE:+/run/secrets/api-key}');
    expect(cli?.secrets).toContain('api-key');
    expect(compose.secrets['api-key']?.file).toBe('${API_KEY_FILE:-/dev/null}');
  });

  it('finds the api where it is, and has the settings of the services for its doctor', () => {
    const { api, worker } = compose.services;
    const { BULKWATCH_API_URL: url = '' } = cli?.environment ?? {};
    const { hostname, port } = new URL(String(url));
    expect([hostname, Number(port)]).toEqual(['api', api?.environment?.['BULKWATCH_API_PORT']]);
    expect(api?.networks?.filter((network) => cli?.networks?.includes(network))).not.toEqual([]);
    expect(cli?.env_file).toBe(worker?.env_file);
    expect(cli?.configs).toEqual(worker?.configs);
  });

  it('is what the demo makes its key with', () => {
    expect(compose.services['demo-register']?.build).toEqual(cli?.build);
  });
});

describe('profiles', () => {
  const inProfile = (profile?: string) =>
    services
      .filter(({ profiles }) => (profile ? profiles?.includes(profile) : !profiles))
      .map(({ name }) => name);

  it('leave the core to a plain `docker compose up`', () => {
    expect(inProfile()).toEqual(['redis', 'api', 'worker']);
  });

  it('add what observes it, and the demo everything', () => {
    const observers = ['prometheus', 'alertmanager', 'grafana'];
    expect(inProfile('observability')).toEqual(observers);
    expect(inProfile('demo')).toEqual([...observers, 'simulator', 'demo-register']);
    expect(inProfile('tools')).toEqual(['cli']);
  });

  it('never leave out what something in them waits for', () => {
    for (const { name, profiles, depends_on: others } of services)
      for (const other of Object.keys(others ?? {})) {
        const needed = compose.services[other]?.profiles;
        expect(!needed || profiles?.every((profile) => needed.includes(profile)), name).toBe(true);
      }
  });

  it('are those that the head of the file tells of', () => {
    const told = [...readText('docker-compose.yml').matchAll(/^#.*--profile (\w+)/gm)];
    expect(told.map(([, profile]) => profile)).toEqual(['observability', 'demo']);
  });
});
