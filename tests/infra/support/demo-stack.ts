import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningProcess, startProcess, startRedis } from '@bulkwatch/testkit';
import type { ComposeFile } from './compose-file.js';
import { asInContainer, deployTo, entrypoint, openToAll } from './image.js';
import { pathOf, readText, readYaml } from './infra-files.js';

const { services } = readYaml<ComposeFile>('docker-compose.yml');
const searchPath = { PATH: process.env['PATH'] ?? '' };

export interface Service {
  readonly process: RunningProcess;
  /** What is in `/app` of its image. */
  readonly folder: string;
  readonly opsPort: number;
  /** Port of the API, where it has one. */
  readonly port?: number;
}

export interface DemoStack {
  readonly apiUrl: string;
  readonly simulatorUrl: string;
  readonly redisUrl: string;
  /** The program of the command line tool. */
  readonly cli: string;
  readonly api: Service;
  readonly worker: Service;
  stop(): Promise<void>;
}

/**
 * Starts what the images hold, as compose does but for addresses: the demo deployment on a real Redis with
 * our configuration, without Docker.
 */
export async function startDemoStack(): Promise<DemoStack> {
  const folder = mkdtempSync(join(tmpdir(), 'bulkwatch-images-'));
  openToAll(folder);
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const end of stops.toReversed()) await end();
    rmSync(folder, { recursive: true, force: true });
  };
  const started = <T extends RunningProcess>(process: T): T => {
    stops.push(() => process.kill());
    return process;
  };
  try {
    for (const name of ['simulator', 'api', 'worker', 'cli'])
      await deployTo(join(folder, name), name);
    const redis = await startRedis({ settings: redisSettings() });
    stops.push(() => redis.stop());
    const simulator = started(await startSimulator(join(folder, 'simulator')));
    const simulatorUrl = lastJson<{ origin: string }>(simulator, '"origin"').origin;
    const deployment = join(folder, 'deployment');
    writeDeployment(deployment, simulatorUrl);

    const start = async (name: string): Promise<Service> => {
      const env = { ...settingsOf(deployment), ...wiringOf(name, redis.url, deployment) };
      const app = join(folder, name);
      const process = started(await startService(app, env));
      return {
        process,
        folder: app,
        ...lastJson<{ opsPort: number; port?: number }>(process, '"opsPort"'),
      };
    };
    const api = await start('api');
    const worker = await start('worker');
    const cli = join(folder, 'cli/dist/main.js');
    const urls = { apiUrl: `http://127.0.0.1:${api.port}`, simulatorUrl, redisUrl: redis.url };
    return { ...urls, cli, api, worker, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const startSimulator = (cwd: string) => {
  const { command, args } = entrypoint();
  const options = { command, args: [...args, '--port', '0'], cwd, env: searchPath };
  return startProcess({ ...options, readyWhen: /"origin"/ });
};

const startService = (cwd: string, env: Record<string, string>) =>
  startProcess({
    ...asInContainer(entrypoint()),
    cwd,
    env: { ...searchPath, ...env },
    readyWhen: /api listening|worker running/,
  });

function lastJson<T>(process: RunningProcess, mark: string): T {
  return JSON.parse(process.lines().findLast((line) => line.includes(mark)) ?? '{}') as T;
}

/** The directives of redis.conf. */
function redisSettings(): Record<string, string> {
  const directives = readText('infra/redis/redis.conf').matchAll(/^([a-z-]+) "?([^"\n]*)"?$/gm);
  return Object.fromEntries([...directives].map(([, name = '', value = '']) => [name, value]));
}

/** A copy of the demo deployment that knows the simulator by where it is now. */
function writeDeployment(folder: string, simulatorUrl: string): void {
  cpSync(pathOf('infra/demo'), folder, { recursive: true });
  for (const name of ['settings.env', 'credentials.json']) {
    const text = readFileSync(join(folder, name), 'utf8');
    writeFileSync(join(folder, name), text.replaceAll('http://simulator:8090', simulatorUrl));
  }
}

function settingsOf(deployment: string): Record<string, string> {
  const text = readFileSync(join(deployment, 'settings.env'), 'utf8');
  return Object.fromEntries(
    [...text.matchAll(/^(\w+)=(.*)$/gm)].map(([, key = '', value = '']) => [key, value]),
  );
}

/** The environment that compose gives a service, with the addresses of this machine. */
function wiringOf(name: string, redisUrl: string, deployment: string): Record<string, string> {
  const here = (key: string): string => {
    if (key === 'BULKWATCH_REDIS_URL') return redisUrl;
    if (key.endsWith('_HOST')) return '127.0.0.1';
    if (key.endsWith('_PORT')) return '0';
    if (key === 'BULKWATCH_CREDENTIALS_FILE') return join(deployment, 'credentials.json');
    if (key === 'BULKWATCH_SEAL_KEYS_FILE') return join(deployment, 'seal-keys');
    throw new Error(`${key} has no counterpart without containers.`);
  };
  const keys = Object.keys(services[name]?.environment ?? {});
  return Object.fromEntries(keys.map((key) => [key, here(key)]));
}
