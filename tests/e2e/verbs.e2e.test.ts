import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Job } from '@bulkwatch/contract';
import { demoClient, startSimulator } from '@bulkwatch/simulator';
import { eventually, startProcess } from '@bulkwatch/testkit';
import { describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/bulkwatch.mjs', import.meta.url));
const shell = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', NO_COLOR: '1' };

const runVerb = (
  args: string[],
  options: { env?: Record<string, string>; readyWhen?: RegExp } = {},
) =>
  startProcess({
    command: process.execPath,
    args: [script, ...args],
    env: { ...shell, ...options.env },
    readyTimeoutMs: 60_000,
    ...(options.readyWhen ? { readyWhen: options.readyWhen } : {}),
  });

describe('npm run demo', () => {
  it('shows the main job and ends by itself, in under a minute', async () => {
    const from = performance.now();
    const demo = await runVerb(['demo']);
    expect(await demo.exited).toEqual({ code: 0, signal: null });
    expect(performance.now() - from).toBeLessThan(60_000);
    const shown = demo.lines().join('\n');
    expect(shown).toContain('"type": "bulkwatch.export.completed"');
    expect(shown).toContain('Every job ended as it should');
  });
});

describe('./bulkwatch', () => {
  it('is the command line tool, from wherever it is called', async () => {
    const run = (...args: string[]) =>
      startProcess({
        command: join(dirname(script), '../bulkwatch'),
        args,
        // That one is for the scripts, and no setting.
        env: { ...shell, BULKWATCH_NO_INSTALL: '1', BULKWATCH_API_URL: 'http://127.0.0.1:1' },
        cwd: tmpdir(),
      });
    const told = await run('--version');
    expect(await told.exited).toEqual({ code: 0, signal: null });
    expect(told.lines()).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
    const refused = await run('register', '--file', 'not-here');
    expect(await refused.exited).toEqual({ code: 1, signal: null });
    expect(refused.lines()).toEqual(['not-here cannot be read: ENOENT.']);
  });
});

describe('npm start', () => {
  it('goes on after a restart with the jobs that were in flight, and keeps its data', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bulkwatch-start-'));
    const simulator = await startSimulator({ requireToken: false });
    const env = {
      BULKWATCH_PROVIDER_ORIGINS: simulator.origin,
      BULKWATCH_DANGEROUSLY_ALLOW_HTTP: 'true',
    };
    const start = () =>
      runVerb(['start', '--data', folder], { env, readyWhen: /curl http:.*\/v1\/jobs/ });
    const apiOf = (lines: readonly string[]) =>
      /API\s+(http:\S+)/.exec(lines.join('\n'))?.[1] ?? '';
    const { id: exportId, statusUrl } = simulator.createExport({
      steps: [{ answer: 'in-progress', retryAfterSeconds: 4 }, { answer: 'complete' }],
    });
    try {
      const first = await start();
      const body = JSON.stringify({ statusUrl, bearerToken: demoClient.secret });
      const headers = { 'content-type': 'application/json' };
      const registered = await fetch(apiOf(first.lines()), { method: 'POST', headers, body });
      const { id } = (await registered.json()) as Job;
      await eventually(() => expect(simulator.record.requestsOf(exportId)).toHaveLength(1));
      expect(await first.stop('SIGINT', 30_000)).toEqual({ code: 0, signal: null });

      const second = await start();
      const job = async () => (await (await fetch(`${apiOf(second.lines())}/${id}`)).json()) as Job;
      await eventually(async () => expect(await job()).toMatchObject({ state: 'completed' }), {
        timeoutMs: 20_000,
        everyMs: 200,
      });
      expect(simulator.record.earlyPolls()).toEqual([]);
      expect((await second.stop('SIGINT', 30_000)).code).toBe(0);
    } finally {
      await simulator.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
