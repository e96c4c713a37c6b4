import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Fleet, startFleet } from './fleet.js';
import { expectScreen } from './screens.js';
import { openTerminal, type Terminal } from './terminal.js';

const bin = fileURLToPath(new URL('../../packages/cli/bin/bulkwatch.mjs', import.meta.url));

let fleet: Fleet;
let terminal: Terminal;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bulkwatch-bin-'));
  await symlink(bin, join(folder, 'bulkwatch'));
  fleet = await startFleet({}, { moreProviders: 1 });
  await fleet.startWorker();
  terminal = await openTerminal({
    PATH: `${folder}:${process.env['PATH']}`,
    BULKWATCH_API_URL: fleet.apiUrl,
    BULKWATCH_REDIS_URL: fleet.redis.url,
  });
});
afterAll(async () => {
  await terminal.close();
  await fleet.stop();
  await rm(folder, { recursive: true });
});

type Steps = Parameters<Fleet['simulator']['createExport']>[0];

/** Registers an export that a provider plays so. */
async function register(
  study: string,
  script: NonNullable<Steps>,
  { simulator, credential } = { simulator: fleet.simulator, credential: 'oracle' },
): Promise<string> {
  const { statusUrl } = simulator.createExport(script);
  const job = await fleet.register({
    statusUrl,
    credential,
    retryAfter: '0',
    labels: { study },
  });
  return job.id;
}

const running = (progress: string, times = 1, retryAfterSeconds = 1) =>
  ({ answer: 'in-progress', times, progress, retryAfterSeconds }) as const;
const complete = { answer: 'complete' } as const;
const away = { answer: 'status', status: 503, retryAfterSeconds: 600 } as const;

async function call(method: string, path: string, body?: object): Promise<void> {
  const { ok, status } = await fetch(`${fleet.apiUrl}/v1/jobs/${path}`, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (!ok) throw new Error(`${method} ${path}: ${status}`);
}

/** Enters a command line and waits until the prompt is back. */
async function run(line: string): Promise<string> {
  await terminal.enter(line);
  return terminal.until(/\n\$$/, { whole: true });
}

// One after the other: what is shown depends on what has been before.
describe('in a real terminal', () => {
  let first: string;

  it('watch shows how exports go on, and how they ended', async () => {
    const study = 'cardio-7';
    first = await register(study, { steps: [running('20%'), running('40%', 1, 600), complete] });
    const second = await register(study, { steps: [running('in-progress', 1, 600)] });
    // A provider that is away for long is so for all of its jobs.
    const [simulator = fleet.simulator] = fleet.moreProviders;
    const other = { simulator, credential: 'provider-0' };
    const third = await register(study, { steps: [running('10%'), away, complete] }, other);
    await eventually(async () => {
      expect(await fleet.job(first)).toMatchObject({ progress: '40%' });
      expect(await fleet.job(second)).toMatchObject({ state: 'in-progress' });
      expect(await fleet.job(third)).toMatchObject({ reason: 'provider-error' });
    });
    await terminal.enter(`bulkwatch watch --label study:${study}; echo "exit code $?"`);
    const midway = await terminal.until(/provider-error\n[^]* 40% {2}/);
    for (const id of [first, third]) await call('POST', `${id}/poll`, { force: true });
    await call('DELETE', second);
    const end = await terminal.until(/\n\$$/);

    expect(end).toContain('1 of 3 did not complete.\nexit code 1');
    await expectScreen('watch', midway);
    await expectScreen('watch-end', end);
  });

  it('list and show tell of it', async () => {
    await expectScreen('list', await run('bulkwatch list'));
    await expectScreen('show', await run(`bulkwatch show ${first}`));
  });

  it('doctor finds all well', async () => {
    await expectScreen('doctor', await run('bulkwatch doctor'));
  });

  it('help is there', async () => {
    await expectScreen('help', await run('bulkwatch --help'));
  });

  it('Tab completes', async () => {
    await run('eval "$(bulkwatch completion bash)"');
    await terminal.press('C-l');
    await terminal.type('bulkwatch wa');
    await terminal.press('Tab');
    await terminal.until(/watch$/);
    await terminal.type('--st');
    await terminal.press('Tab');
    await terminal.until(/--state$/);
    await terminal.press('Tab', 'Tab');
    const screen = await terminal.until(/registered/);
    await terminal.press('C-c');

    await expectScreen('completion', screen);
  });

  it('there are colours, unless they are not wanted', async () => {
    await run('bulkwatch list');
    expect(await terminal.screen({ colors: true })).toContain('\u001b[32mcompleted');
    await run('NO_COLOR=1 bulkwatch list');
    expect(await terminal.screen({ colors: true })).not.toContain('\u001b');
    // Into a pipe whole lines go, with all columns.
    expect(await run('bulkwatch list | cat')).toMatch(/HEALTH {2}PROGRESS/);
  });
});

describe('watch', () => {
  const study = 'long';
  const heads = (screen: string): number => screen.split('ID   ').length - 1;
  beforeAll(async () => {
    const steps = [running('30%', 1, 600)];
    await Promise.all(Array.from({ length: 40 }, () => register(study, { steps })));
  });

  it('keeps to the screen, also when that changes its size, and gives the terminal back', async () => {
    await terminal.enter(`bulkwatch watch --label study:${study}`);
    await terminal.until(/40 jobs: 40 in-progress; 13 not shown/);
    expect(await terminal.showsCursor()).toBe(true);
    for (const [columns, rows, hidden] of [
      [60, 20, 23],
      [100, 12, 31],
      [120, 30, 13],
    ] as const) {
      await terminal.resize(columns, rows);
      const screen = await terminal.until(new RegExp(`40 in-progress; ${hidden} not shown`));
      expect(heads(screen)).toBe(1);
      expect(screen.split('\n').length).toBeLessThanOrEqual(rows);
    }
    await terminal.press('C-c');
    await terminal.until(/\^C\n?\$$/);
    await terminal.type('echo "exit code $?"');
    await terminal.press('Enter');
    await terminal.until(/exit code 130/);
    expect(await terminal.showsCursor()).toBe(true);
  });

  it('moves nothing where the terminal cannot, and has no colours where they are not wanted', async () => {
    const line = `bulkwatch watch --label study:${study}`;
    await terminal.enter(`TERM=dumb ${line}`);
    await terminal.until(/(\S+Z {2}[\w-]{36} {2}in-progress {2}ok {2}30%[^\n]*\n){20}/);
    await terminal.press('C-c');
    await terminal.until(/\$$/);
    await terminal.enter(`NO_COLOR=1 ${line}`);
    await terminal.until(/40 jobs: 40 in-progress/);
    expect(await terminal.screen({ colors: true })).not.toContain('\u001b');
    await terminal.press('C-c');
    await terminal.until(/\$$/);
  });
});
