import { demoClient } from '@bulkwatch/simulator';
import { eventually, startProcess } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ComposeFile } from './support/compose-file.js';
import { type DemoStack, startDemoStack } from './support/demo-stack.js';
import { pathOf, readJson, readText, readYaml } from './support/infra-files.js';
import { type LivePrometheus, startPrometheus } from './support/live-prometheus.js';

const { services } = readYaml<ComposeFile>('docker-compose.yml');
let stack: DemoStack;
let prometheus: LivePrometheus;

beforeAll(async () => {
  stack = await startDemoStack();
  prometheus = await startPrometheus({
    'bulkwatch-api': stack.api.opsPort,
    'bulkwatch-worker': stack.worker.opsPort,
  });
}, 180_000);
afterAll(async () => {
  await prometheus?.stop();
  await stack?.stop();
});

interface Job {
  readonly reference: string;
  readonly state: string;
}
const listJobs = async (apiKey: string): Promise<Job[]> => {
  const headers = { authorization: `Bearer ${apiKey}` };
  const response = await fetch(`${stack.apiUrl}/v1/jobs?label=demo:compose`, { headers });
  return ((await response.json()) as { jobs: Job[] }).jobs;
};

async function makeKey(): Promise<string> {
  const { exited, lines } = await startProcess({
    command: process.execPath,
    args: [
      stack.cli,
      ...'keys create --tenant default --name me --scope jobs:read --expires 1d'.split(' '),
    ],
    env: { BULKWATCH_REDIS_URL: stack.redisUrl },
  });
  await exited;
  return lines().find((line) => line.startsWith('bwk_')) ?? '';
}

describe('the demo of compose', () => {
  it('registers its exports, and the quick one completes', async () => {
    const registration = await startProcess({
      command: process.execPath,
      args: [pathOf('infra/demo/register.mjs')],
      env: {
        API_URL: stack.apiUrl,
        SIMULATOR_URL: stack.simulatorUrl,
        CLI: stack.cli,
        BULKWATCH_REDIS_URL: stack.redisUrl,
      },
    });
    const exit = await registration.exited;
    expect(exit, registration.lines().join('\n')).toEqual({ code: 0, signal: null });
    // What it prints stays in the log of the container.
    expect(registration.lines().join('\n')).not.toMatch(/bwk_[0-9a-f]/);
    const apiKey = await makeKey();
    expect(await listJobs(apiKey)).toHaveLength(6);
    await eventually(
      async () => {
        const quick = expect.objectContaining({ reference: 'quick', state: 'completed' });
        expect(await listJobs(apiKey)).toContainEqual(quick);
      },
      { timeoutMs: 20_000, everyMs: 200 },
    );
  }, 30_000);

  it('gives the credentials that the simulator knows', () => {
    const { credentials } = readJson<{
      credentials: readonly { clientId: string; clientSecretFile: string }[];
    }>('infra/demo/credentials.json');
    expect(credentials).toHaveLength(1);
    for (const { clientId, clientSecretFile } of credentials) {
      expect(clientId).toBe(demoClient.id);
      expect(readText(`infra/demo/${clientSecretFile}`).trim()).toBe(demoClient.secret);
    }
  });
});

describe('Prometheus, looking at them', () => {
  it('sees both, and they reach Redis', async () => {
    await eventually(
      async () => expect(await prometheus.query('bulkwatch_redis_up == 1')).toHaveLength(2),
      { timeoutMs: 25_000, everyMs: 200 },
    );
  });

  it('can evaluate every alert, and none is even pending while all is well', async () => {
    expect(await prometheus.ruleProblems()).toEqual([]);
    expect(await prometheus.query('ALERTS{alertname!="BulkwatchWatchdog"}')).toEqual([]);
  });
});

describe.each(['api', 'worker'] as const)('the %s of the image', (name) => {
  it('is called healthy by the healthcheck of compose', async () => {
    const [, command = '', ...args] = services[name]?.healthcheck?.test ?? [];
    const { folder: cwd, opsPort } = stack[name];
    const env = { [`BULKWATCH_${name.toUpperCase()}_OPS_PORT`]: `${opsPort}` };
    const check = await startProcess({
      command,
      args,
      cwd,
      env: { ...env, PATH: process.env['PATH'] ?? '' },
    });
    expect(await check.exited).toEqual({ code: 0, signal: null });
  });

  it('stops by itself when told to', async () => {
    expect(await stack[name].process.stop('SIGTERM', 30_000)).toEqual({ code: 0, signal: null });
  }, 35_000);
});
