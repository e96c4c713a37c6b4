import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSettings } from './load-settings.js';
import type { SettingRow } from './setting-row.js';
import { SettingsError, type SettingsProblem } from './settings-error.js';
import { settingsTable } from './settings-table.js';

const enough = { BULKWATCH_PROVIDER_ORIGINS: 'https://ehr.example.org' };

function problemsOf(
  env: Record<string, string | undefined>,
  service: 'api' | 'worker' = 'worker',
): readonly SettingsProblem[] {
  try {
    loadSettings(service, { ...enough, ...env });
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe('loadSettings', () => {
  it('needs nothing but the provider origins', () => {
    const settings = loadSettings('worker', enough);

    expect(settings.providerOrigins).toEqual(['https://ehr.example.org']);
    expect(settings.redisUrl.reveal()).toBe('redis://127.0.0.1:6379');
    expect(settings.requestTimeoutMs).toBe(30_000);
    expect(settings.trackingDeadlineMs).toBe(30 * 24 * 3_600_000);
    expect(settings.manifestMaxBytes).toBe(64 * 1024 * 1024);
    expect(settings.dangerouslyAllowHttp).toBe(false);
    expect(settings).not.toHaveProperty('sealKeysFile');
  });

  it('reads a value of every kind', () => {
    const settings = loadSettings('worker', {
      BULKWATCH_PROVIDER_ORIGINS:
        'https://a.example, HTTPS://B.example:443/,https://a.example:8443,https://*.C.example:443',
      BULKWATCH_PRIVATE_ORIGINS: 'https://a.example,https://token.example',
      BULKWATCH_EGRESS_PROXY: 'http://user:pass@proxy.example:3128',
      BULKWATCH_REDIS_URL: 'rediss://user:pass@redis.example:6380/2',
      BULKWATCH_REQUEST_TIMEOUT: '1500ms',
      BULKWATCH_MANIFEST_MAX: '128MB',
      BULKWATCH_WORKER_CONCURRENCY: '7',
      BULKWATCH_WORKER_OPS_PORT: '0',
      BULKWATCH_LOG_LEVEL: 'debug',
      BULKWATCH_SEAL_KEYS_FILE: 'keys/seal',
      BULKWATCH_DANGEROUSLY_ALLOW_HTTP: 'true',
      BULKWATCH_PRESETS_FILE: 'presets.json',
      BULKWATCH_PROVIDER_PRESETS: 'https://B.example:443/=hapi, https://a.example:8443=own-2',
    });

    expect(settings).toMatchObject({
      providerOrigins: [
        'https://a.example',
        'https://b.example',
        'https://a.example:8443',
        'https://*.c.example',
      ],
      privateOrigins: ['https://a.example', 'https://token.example'],
      requestTimeoutMs: 1_500,
      manifestMaxBytes: 128 * 1024 * 1024,
      workerConcurrency: 7,
      workerOpsPort: 0,
      logLevel: 'debug',
      sealKeysFile: 'keys/seal',
      dangerouslyAllowHttp: true,
      presetsFile: 'presets.json',
      providerPresets: new Map([
        ['https://b.example', 'hapi'],
        ['https://a.example:8443', 'own-2'],
      ]),
    });
    expect(settings.redisUrl.reveal()).toBe('rediss://user:pass@redis.example:6380/2');
    expect(settings.egressProxy?.reveal()).toBe('http://user:pass@proxy.example:3128');
    expect(JSON.stringify(settings)).not.toContain('pass');
  });

  it('takes presets of origins that are allowed otherwise than by name', () => {
    const preset = { BULKWATCH_PROVIDER_PRESETS: 'https://a.b.example=hapi' };

    expect(problemsOf(preset)).toHaveLength(1);
    expect(problemsOf({ ...preset, BULKWATCH_PROVIDER_ORIGINS: 'https://*.b.example' })).toEqual(
      [],
    );
    expect(problemsOf({ ...preset, BULKWATCH_TENANTS_FILE: 'tenants.json' })).toEqual([]);
    expect(
      problemsOf({ ...preset, BULKWATCH_DANGEROUSLY_ALLOW_ANY_PUBLIC_ORIGIN: 'true' }),
    ).toEqual([]);
  });

  it('is frozen', () => {
    expect(Object.isFrozen(loadSettings('api', enough))).toBe(true);
  });

  it('reports every problem at once, and no value', () => {
    const problems = problemsOf({
      BULKWATCH_PROVIDER_ORIGINS: '',
      BULKWATCH_REDIS_URL: 'http://canary:canary@redis',
      BULKWATCH_REQUEST_TIMEOUT: 'canary',
      BULKWATCH_WORKER_CONCURRENCY: '0',
      BULKWATCH_LOG_LEVEL: 'canary',
    });

    expect(problems.map(({ env }) => env).sort()).toEqual([
      'BULKWATCH_LOG_LEVEL',
      'BULKWATCH_PROVIDER_ORIGINS',
      'BULKWATCH_REDIS_URL',
      'BULKWATCH_REQUEST_TIMEOUT',
      'BULKWATCH_WORKER_CONCURRENCY',
    ]);
    const { message } = new SettingsError(problems);
    for (const { env } of problems) expect(message).toContain(env);
    expect(message).not.toContain('canary');
  });

  it.each([
    ['BULKWATCH_REQUEST_TIMEOUT', '30'],
    ['BULKWATCH_REQUEST_TIMEOUT', '-1s'],
    ['BULKWATCH_REQUEST_TIMEOUT', '1.5s'],
    ['BULKWATCH_REQUEST_TIMEOUT', '999ms'],
    ['BULKWATCH_REQUEST_TIMEOUT', '11m'],
    ['BULKWATCH_REQUEST_TIMEOUT', '30s '],
    ['BULKWATCH_REQUEST_TIMEOUT', '5constructor'],
    ['BULKWATCH_MANIFEST_MAX', '64'],
    ['BULKWATCH_MANIFEST_MAX', '2gb'],
    ['BULKWATCH_WORKER_CONCURRENCY', '1e2'],
    ['BULKWATCH_WORKER_CONCURRENCY', '0x10'],
    ['BULKWATCH_WORKER_OPS_PORT', '65536'],
    ['BULKWATCH_DANGEROUSLY_ALLOW_HTTP', '1'],
    ['BULKWATCH_LOG_LEVEL', 'INFO'],
    ['BULKWATCH_OPS_HOST', 'http://localhost'],
    ['BULKWATCH_PRIVATE_ORIGINS', 'https://*.example.org'],
    ['BULKWATCH_EGRESS_PROXY', 'socks5://proxy'],
    ['BULKWATCH_REDIS_URL', 'redis://'],
    ['BULKWATCH_REDIS_URL', 'not a url'],
    ['BULKWATCH_CREDENTIALS_FILE', 'a\0b'],
  ])('refuses %s=%s', (env, value) => {
    expect(problemsOf({ [env]: value }).map((problem) => problem.env)).toEqual([env]);
  });

  it.each([
    'ehr.example.org',
    'https://ehr.example.org/fhir',
    'https://ehr.example.org?tenant=1',
    'https://user@ehr.example.org',
    'https://*.org',
    'https://*',
    'https://a.*.example.org',
    'https://*.*.example.org',
    'https://*example.org',
    'https://*.10.0.0.1',
    'https://*.[::1]',
    'https://ehr.example.org.',
    'https:/ehr.example.org',
    'https://ehr.example.org:99999',
    'ftp://ehr.example.org',
    'https://a.example,,https://b.example',
  ])('says what is expected instead of the origin %s', (value) => {
    const [problem, ...others] = problemsOf({ BULKWATCH_PROVIDER_ORIGINS: value });

    expect(others).toEqual([]);
    expect(problem?.message).toContain('expected scheme, host and port only');
  });

  it.each([
    ['https://ehr.example.org', 'entry 1 is no origin=preset'],
    ['https://ehr.example.org=', 'entry 1 is no origin=preset'],
    ['https://ehr.example.org=HAPI', 'entry 1 is no origin=preset'],
    ['https://ehr.example.org/fhir=hapi', 'entry 1 is no origin=preset'],
    ['ehr.example.org=hapi', 'entry 1 is no origin=preset'],
    ['https://ehr.example.org=hapi,', 'entry 2 is no origin=preset'],
    ['https://ehr.example.org=hapi,https://EHR.example.org=epic', 'entry 2 has the origin of an'],
    ['https://ehr.example.org=hapi,https://b.example=epic', 'entry 2 has an origin that BULKWATCH'],
  ])('says what is wrong with the presets %s', (value, message) => {
    const problems = problemsOf({ BULKWATCH_PROVIDER_PRESETS: value });

    expect(problems).toEqual([
      { env: 'BULKWATCH_PROVIDER_PRESETS', message: expect.stringContaining(message) },
    ]);
  });

  it('counts an empty text as unset, known name or not', () => {
    const env = { ...enough, BULKWATCH_REQUEST_TIMEOUT: '', BULKWATCH_NONSENSE: '', OTHER: 'x' };

    expect(loadSettings('worker', env).requestTimeoutMs).toBe(30_000);
  });

  it('suggests the name that an unknown one is most like', () => {
    expect(
      problemsOf({
        BULKWATCH_REDIS_URI: 'x',
        BULKWATCH_FROBNICATE: 'x',
        BULKWATCH_LOG_LEVEL_FILE: 'x',
      }),
    ).toEqual([
      { env: 'BULKWATCH_REDIS_URI', message: 'is no setting; did you mean BULKWATCH_REDIS_URL?' },
      { env: 'BULKWATCH_FROBNICATE', message: 'is no setting' },
      {
        env: 'BULKWATCH_LOG_LEVEL_FILE',
        message: 'is no setting; did you mean BULKWATCH_LOG_LEVEL?',
      },
    ]);
  });

  it('leaves alone what only the other service reads', () => {
    const settings = loadSettings('worker', { ...enough, BULKWATCH_API_PORT: 'rubbish' });

    expect(settings.apiPort).toBe(8080);
    expect(problemsOf({ BULKWATCH_API_PORT: 'rubbish' }, 'api')).toHaveLength(1);
  });

  it.each([
    [
      'BULKWATCH_RETRY_AFTER_FLOOR',
      { BULKWATCH_RETRY_AFTER_FLOOR: '5s', BULKWATCH_RETRY_AFTER_CEILING: '4s' },
    ],
    [
      'BULKWATCH_EVENT_MANIFEST_MAX',
      { BULKWATCH_EVENT_MANIFEST_MAX: '2mb', BULKWATCH_MANIFEST_MAX: '1mb' },
    ],
    [
      'BULKWATCH_EVENTS_KEEP_LENGTH',
      { BULKWATCH_EVENTS_KEEP_LENGTH: '3000', BULKWATCH_EVENTS_MAX_LENGTH: '2000' },
    ],
    [
      'BULKWATCH_PROVIDER_ORIGINS',
      { BULKWATCH_PROVIDER_ORIGINS: 'https://a.example,http://127.0.0.1:9' },
    ],
    ['BULKWATCH_PRIVATE_ORIGINS', { BULKWATCH_PRIVATE_ORIGINS: 'http://10.0.0.5' }],
  ])('refuses %s where it does not go with the others', (env, given) => {
    expect(problemsOf(given).map((problem) => problem.env)).toEqual([env]);
  });

  it('refuses a delay of shutdown that leaves no time to stop', () => {
    const delay = (shutdownDelay: string) =>
      problemsOf(
        { BULKWATCH_SHUTDOWN_DELAY: shutdownDelay, BULKWATCH_SHUTDOWN_GRACE: '10s' },
        'api',
      );
    expect(delay('10s').map(({ env }) => env)).toEqual(['BULKWATCH_SHUTDOWN_DELAY']);
    expect(delay('9s')).toEqual([]);
  });

  it('wants TLS where the authority of Redis is named', () => {
    const authority = { BULKWATCH_REDIS_CA_FILE: '/etc/redis-ca.pem' };
    const tls = { ...authority, BULKWATCH_REDIS_URL: 'rediss://redis.example.org' };

    expect(problemsOf(authority, 'api').map(({ env }) => env)).toEqual(['BULKWATCH_REDIS_CA_FILE']);
    expect(problemsOf(tls, 'api')).toEqual([]);
  });

  it('wants two ports for the api, unless any will do', () => {
    const same = { BULKWATCH_API_PORT: '9101' };
    const any = { BULKWATCH_API_PORT: '0', BULKWATCH_API_OPS_PORT: '0' };

    expect(problemsOf(same, 'api').map(({ env }) => env)).toEqual(['BULKWATCH_API_OPS_PORT']);
    expect(problemsOf(any, 'api')).toEqual([]);
  });

  it('takes http origins where that danger is asked for', () => {
    const env = {
      BULKWATCH_PROVIDER_ORIGINS: 'http://127.0.0.1:8090',
      BULKWATCH_DANGEROUSLY_ALLOW_HTTP: 'true',
    };

    expect(loadSettings('worker', env).providerOrigins).toEqual(['http://127.0.0.1:8090']);
  });
});

describe('the file of a secret', () => {
  let folder: string;
  const fileOf = (text: string): string => {
    const file = join(folder, 'redis-url');
    writeFileSync(file, text);
    return file;
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bulkwatch-settings-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each(['redis://:pass@redis', 'redis://:pass@redis\n', 'redis://:pass@redis\r\n'])(
    'is read without its trailing newline',
    (text) => {
      const settings = loadSettings('worker', {
        ...enough,
        BULKWATCH_REDIS_URL_FILE: fileOf(text),
      });

      expect(settings.redisUrl.reveal()).toBe('redis://:pass@redis');
    },
  );

  it('cannot be given together with the variable', () => {
    const both = {
      BULKWATCH_REDIS_URL: 'redis://a',
      BULKWATCH_REDIS_URL_FILE: fileOf('redis://b'),
    };

    expect(problemsOf(both)).toEqual([
      {
        env: 'BULKWATCH_REDIS_URL',
        message: 'is set together with BULKWATCH_REDIS_URL_FILE: set one',
      },
    ]);
  });

  it.each([
    ['is not there', (): string => join(folder, 'absent'), 'cannot be read (ENOENT)'],
    ['is empty', (): string => fileOf('\n'), 'is empty'],
  ])('is a problem when it %s', (_case, file, message) => {
    const [problem] = problemsOf({ BULKWATCH_REDIS_URL_FILE: file() });

    expect(problem?.message).toContain(message);
  });
});

describe('settingsTable', () => {
  it('has defaults and examples that its own kinds accept', () => {
    const rows: readonly SettingRow[] = settingsTable;
    for (const { env, kind, default: byDefault, example } of rows) {
      for (const text of [byDefault, example].filter((text) => text !== undefined)) {
        expect(kind.parse(text), env).toHaveProperty('value');
      }
    }
  });

  it('names each setting once, and by its unit', () => {
    const keys = settingsTable.map(({ key }) => key);
    const envs = settingsTable.map(({ env }) => env);

    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(envs).size).toBe(envs.length);
    for (const { key, kind } of settingsTable) {
      expect(key.endsWith('Ms'), key).toBe(kind.unit === 'ms');
      expect(key.endsWith('Bytes'), key).toBe(kind.unit === 'bytes');
    }
  });
});
