import { existsSync, mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { mutants } from '../../../tests/mutants/mutants.mjs';
import { promises } from '../../docs/reliability/promises.mjs';
import { runCommand } from '../run-command.mjs';
import { isRun, layers, verdictOf, verdictOfRun } from './layers.mjs';
import { mutantsResult } from './report.mjs';
import { patchOf } from './try-mutant.mjs';

describe('the mutants', () => {
  it.each(mutants)('$name fits the tree as it is', async (mutant) => {
    const args = ['apply', '--check', patchOf(mutant)];

    expect(await runCommand({ command: 'git', args })).toEqual({ ok: true, output: '' });
  });

  it('are each a patch with a row', () => {
    const patches = readdirSync('tests/mutants').filter((name) => name.endsWith('.patch'));

    expect(patches.toSorted()).toEqual(mutants.map(({ name }) => `${name}.patch`).toSorted());
  });

  it('break each promise but punctuality in two ways or more', () => {
    const counts = promises.map(
      ({ number }) => mutants.filter(({ promise }) => promise === number).length,
    );

    expect(mutants.length).toBeGreaterThanOrEqual(32);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(2);
  });

  it('name layers that there are, and tests that are there', () => {
    const wrong = mutants.flatMap(({ name, tests }) =>
      Object.entries(tests).flatMap(([layer, files]) =>
        layers.includes(layer) && (isRun(layer) || files.every((file) => existsSync(file)))
          ? []
          : [`${name}: ${layer}`],
      ),
    );

    expect(wrong).toEqual([]);
    expect(mutants.filter(({ tests }) => Object.keys(tests).length === 0)).toEqual([]);
  });
});

describe('a layer', () => {
  const report = (...statuses) => ({
    testResults: [
      { assertionResults: statuses.map((status) => ({ status, fullName: `it ${status}` })) },
    ],
  });

  it('notices by a test that fails, and by nothing else', () => {
    expect(verdictOf(false, report('passed', 'failed'), '')).toEqual({
      kind: 'broken',
      by: 'it failed',
    });
    expect(verdictOf(true, report('passed'), '')).toEqual({ kind: 'sound' });
  });

  it.each([
    ['a file that does not load', false, report('passed')],
    ['a run that tests nothing', true, report('skipped')],
    ['a run that dies', false, undefined],
  ])('says nothing by %s', (_what, ok, found) => {
    expect(verdictOf(ok, found, 'why')).toEqual({ kind: 'unknown', output: 'why' });
  });

  it.each([
    [{ violations: ['lost: a job'] }, '', { kind: 'broken', by: 'lost: a job' }],
    [{ violations: [{ seed: 7, what: 'early' }] }, '', { kind: 'broken', by: 'seed 7: early' }],
    [{ violations: [] }, 'never reached: probe', { kind: 'sound' }],
    [undefined, 'died', { kind: 'unknown', output: 'died' }],
  ])('that is a run notices by what it finds: %j, %s', (result, output, verdict) => {
    expect(verdictOfRun(result, output)).toEqual(verdict);
  });
});

it('a mutant that nobody caught is told', () => {
  const trial = (name, caughtBy) => ({
    mutant: { name, promise: 1, breaks: '' },
    layers: {},
    caughtBy,
  });
  const { total, caught, mutants: told } = mutantsResult({}, [trial('a', 'unit'), trial('b')]);

  expect([total, caught, told[0].caughtBy, told[1].caughtBy]).toEqual([2, 1, 'unit', undefined]);
});

describe('npm run mutants', () => {
  const run = (...args) =>
    runCommand({ command: process.execPath, args: ['scripts/bulkwatch.mjs', 'mutants', ...args] });

  it('breaks a copy, shows who noticed, and leaves the tree as it is', async () => {
    const before = await runCommand({ command: 'git', args: ['status', '--porcelain'] });
    const { ok, output } = await run('lease-age-from-the-reply');

    expect(output).toContain('caught    lease-age-from-the-reply');
    expect(output).toContain('unit caught');
    expect(output).toContain('1 of 1 mutants caught');
    expect(ok).toBe(true);
    expect(await runCommand({ command: 'git', args: ['status', '--porcelain'] })).toEqual(before);
  }, 240_000);

  it('leaves nothing behind when it is stopped in the midst', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mutants-test-'));
    const env = { ...process.env, TMPDIR: folder };
    const stopping = new AbortController();
    const args = ['scripts/bulkwatch.mjs', 'mutants', 'lease-age-from-the-reply'];
    const progress = { isOver: false };
    const running = runCommand({ command: process.execPath, args, env, stop: stopping.signal });
    void running.then(() => (progress.isOver = true));
    const isCopying = () =>
      readdirSync(folder).some((name) => existsSync(join(folder, name, 'house')));
    while (!progress.isOver && !isCopying()) await pause(20);
    stopping.abort();
    const { ok, output } = await running;

    expect(output).toContain('Stopped. The tree is as it was.');
    expect(ok).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
    rmdirSync(folder);
  }, 240_000);

  it('names those that there are where one is unknown', async () => {
    const { ok, output } = await run('no-such-mutant');

    expect(ok).toBe(false);
    expect(output).toContain('There is no mutant no-such-mutant. There are:');
  });
});
