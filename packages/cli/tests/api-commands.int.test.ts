import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Api,
  authenticating,
  newStatusUrl,
  provider,
  setupApi,
  setupWorker,
} from '../../../services/api/tests/harness.js';
import { type Around, runCommand } from './run-command.js';

interface Shown {
  readonly id: string;
  readonly [member: string]: unknown;
}
const json = (text: string | undefined) => JSON.parse(text ?? '') as Shown;

let api: Api;
let worker: Awaited<ReturnType<typeof setupWorker>>;
let env: Record<string, string>;
let folder: string;
beforeAll(async () => {
  api = await setupApi(authenticating);
  worker = await setupWorker(api.redis);
  env = {
    BULKWATCH_API_URL: `http://127.0.0.1:${api.port}`,
    BULKWATCH_API_KEY: await api.keyOf(
      'default',
      'jobs:read',
      'jobs:write',
      'jobs:acknowledge',
      'providers:write',
    ),
  };
  folder = await mkdtemp(join(tmpdir(), 'bulkwatch-cli-'));
});
afterAll(async () => {
  await worker.close();
  await api.stop();
  await rm(folder, { recursive: true, force: true });
});

const cli = (args: readonly string[], around: Around = {}) => runCommand(args, { env, ...around });

/** Registers a job and gives its id. */
async function register(...more: string[]): Promise<string> {
  const { out } = await cli(['register', newStatusUrl(), '--json', ...more]);
  return (json(out[0])['job'] as Shown).id;
}

describe('bulkwatch register', () => {
  it('registers status URLs with what they have in common', async () => {
    const urls = [newStatusUrl(), newStatusUrl()];
    const labels = ['--label', 'study:cardio-7', '--label', 'site:a:b'];
    const shared = [...labels, '--retry-after', '600', '--reference', 'order 4711'];
    const { code, out, said } = await cli(['register', ...urls, ...shared]);

    expect({ code, said }).toEqual({ code: 0, said: '' });
    expect(out.map((line) => line.split('  ').slice(1))).toEqual(
      urls.map((url) => ['registered', url]),
    );
    const id = out[0]?.split('  ')[0] ?? '';
    expect(json((await cli(['show', id, '--json'])).out[0])['job']).toMatchObject({
      labels: { study: 'cardio-7', site: 'a:b' },
      reference: 'order 4711',
    });
    expect((await cli(['register', ...urls])).out).toEqual(
      out.map((line) => line.replace('registered', 'tracked already')),
    );
  });

  it('takes URLs and registrations from a file, and tells of each by its line', async () => {
    const file = join(folder, 'urls.txt');
    const wrong = { statusUrl: 'https://elsewhere.example.org/1' };
    const own = { statusUrl: newStatusUrl(), reference: 'own' };
    await writeFile(
      file,
      ['# north', newStatusUrl(), '', JSON.stringify(wrong), JSON.stringify(own)].join('\r\n'),
    );
    const text = await cli(['register', '--file', file, '--reference', 'shared']);

    expect(text.code).toBe(3);
    expect(text.out).toHaveLength(2);
    expect(text.said).toContain('Line 4: ');
    expect(text.said).toContain('1 of 3 were refused.');
    const again = await cli(['register', '--file', file, '--json']);
    const results = again.out.map(json);
    expect(results.map(({ line, status }) => [line, status])).toEqual([
      [2, 200],
      [4, expect.any(Number)],
      [5, 200],
    ]);
    expect(results.map((result) => (result['job'] as Shown | undefined)?.['reference'])).toEqual([
      'shared',
      undefined,
      'own',
    ]);
  });

  it('takes them from standard input', async () => {
    const { code, out } = await cli(['register', '--file', '-'], { stdin: newStatusUrl() });

    expect({ code, count: out.length }).toEqual({ code: 0, count: 1 });
  });

  it.each([
    ['no URL and no file', []],
    ['both', ['https://ehr.example.org/1', '--file', 'x']],
    ['a label without a value', ['https://ehr.example.org/1', '--label', 'study']],
    ['a label twice', ['https://ehr.example.org/1', '--label', 'a:1', '--label', 'a:2']],
  ])('refuses %s, and says how it is called', async (_why, args) => {
    const { code, out, said } = await cli(['register', ...args]);

    expect({ code, out }).toEqual({ code: 2, out: [] });
    expect(said).toContain('usage: bulkwatch register URL');
  });

  it('says that a file is not there, and quotes no line that is not JSON', async () => {
    expect(await cli(['register', '--file', join(folder, 'none')])).toMatchObject({
      code: 1,
      said: expect.stringContaining('ENOENT'),
    });
    const broken = await cli(['register', '--file', '-'], { stdin: '{"bearerToken": "hush' });
    expect(broken).toMatchObject({ code: 1, said: expect.stringContaining('Line 1 is no JSON') });
    expect(broken.said).not.toContain('hush');
    expect((await cli(['register', '--file', '-'], { stdin: '# none\n' })).code).toBe(1);
  });
});

describe('bulkwatch list', () => {
  it('lists what matches, as a table and as JSON', async () => {
    const label = ['--label', 'list:one'];
    const ids = [await register(...label), await register(...label), await register(...label)];
    await cli(['cancel', ids[0] ?? '']);

    const table = await cli(['list', ...label]);
    expect(table.out[0]).toMatch(/^ID +STATE +HEALTH +PROGRESS +ETA/);
    expect(table.out.slice(1).map((line) => line.split(/ {2,}/).slice(0, 2))).toEqual([
      [ids[2], 'registered'],
      [ids[1], 'registered'],
      [ids[0], 'cancelled'],
    ]);
    const open = await cli(['list', ...label, '--state', 'registered', '--json']);
    expect(open.out.map(json).map(({ id }) => id)).toEqual([ids[2], ids[1]]);

    const first = await cli(['list', ...label, '--limit', '1']);
    expect(first.out).toHaveLength(2);
    expect(first.said).toContain('the newest 1');
    expect((await cli(['list', ...label, '--all'])).out).toHaveLength(4);
    expect(await cli(['list', '--label', 'list:none'])).toMatchObject({ code: 0, out: [] });
  });

  it('has colours and keeps to the width on a terminal, unless NO_COLOR is set', async () => {
    await register();
    const screen = { columns: 50, rows: 24 };
    const colored = await cli(['list'], { screen });
    const plain = await cli(['list'], { screen, env: { ...env, NO_COLOR: '1' } });

    expect(colored.out.join('\n')).toContain('\u001b[');
    expect(plain.out.join('\n')).not.toContain('\u001b[');
    expect(Math.max(...plain.out.map((line) => line.length))).toBeLessThanOrEqual(50);
  });

  it.each([
    ['an unknown state', ['--state', 'done'], '--state must be one of registered'],
    ['a limit that is none', ['--limit', '0'], '--limit'],
    ['an argument', ['abc'], 'options only'],
    ['an unknown option', ['--sate', 'failed'], '--sate'],
  ])('refuses %s', async (_why, args, says) => {
    expect(await cli(['list', ...args])).toMatchObject({
      code: 2,
      said: expect.stringContaining(says),
    });
  });
});

describe('bulkwatch show and manifest', () => {
  it('show a job, its polls and its files', async () => {
    const id = await register();
    expect((await cli(['show', id])).said).toContain('no poll yet');
    expect(await cli(['manifest', id])).toMatchObject({
      code: 3,
      said: expect.stringContaining('manifest-not-ready'),
    });

    await worker.reportProgress(id, 'half \u001b[31mway\n');
    await worker.complete(
      id,
      Buffer.from('{"output":[{"type":"Patient","url":"https://x/1","count":7}]}'),
    );

    const shown = await cli(['show', id]);
    expect(shown.out.join('\n')).toMatch(/^state +completed$/m);
    expect(shown.out.join('\n')).toMatch(/^\S+Z +GET +202 .*half \ufffd\[31mway/m);
    expect(shown.out.join('')).not.toContain('\u001b');
    expect(json((await cli(['show', id, '--json'])).out[0])['polls']).toMatchObject([
      { status: 200 },
      { status: 202 },
    ]);
    expect((await cli(['manifest', id])).out[1]).toMatch(/^output +Patient +7 +https:\/\/x\/1$/);
    expect(json((await cli(['manifest', id, '--json'])).out[0])['output']).toHaveLength(1);
  });

  it('know a job that is not there, and want one', async () => {
    expect(await cli(['show', 'nothing'])).toMatchObject({
      code: 3,
      out: [],
      said: expect.stringContaining('job-not-found'),
    });
    expect((await cli(['show'])).code).toBe(2);
    expect((await cli(['show', 'a', 'b'])).code).toBe(2);
  });
});

describe('commands that act on jobs', () => {
  it('act on each that is named, and say which were refused', async () => {
    const [one, two] = [await register(), await register()];
    expect((await cli(['pause', one, two])).out).toEqual([`${one}  paused`, `${two}  paused`]);
    const mixed = await cli(['poll', one, 'nothing']);
    expect(mixed).toMatchObject({ code: 3, out: [] });
    expect(mixed.said).toContain(`${one}  `);
    expect(mixed.said).toContain('(job-paused)');
    expect(mixed.said).toContain('(job-not-found)');
    expect(mixed.said).toContain('2 of 2 refused.');
    expect((await cli(['resume', one])).out).toEqual([`${one}  resumed`]);
    expect((await cli(['poll', one, '--force'])).out).toEqual([`${one}  due now`]);
    expect((await cli(['cancel', one])).out).toEqual([`${one}  cancelled`]);
    expect((await cli(['republish', one])).out).toEqual([`${one}  told again`]);
    const refused = await cli(['refresh', one, '--json']);
    expect(refused.code).toBe(3);
    expect(json(refused.out[0])).toMatchObject({
      id: one,
      done: false,
      problem: { reason: 'job-not-completed' },
    });
    expect((await cli(['cancel', two, '--at-provider'])).out).toEqual([`${two}  being cancelled`]);
  });

  it('acknowledge jobs in the name of a subscriber', async () => {
    const id = await register('--delete-on-acknowledge', '--required-subscriber', 'loader');
    expect(json((await cli(['show', id, '--json'])).out.join(''))).toMatchObject({
      job: { deleteOnAcknowledge: true, requiredSubscribers: ['loader'] },
    });
    const refused = await cli(['acknowledge', id, '--subscriber', 'loader']);
    expect(refused).toMatchObject({ code: 3, out: [] });
    expect(refused.said).toContain('(job-not-completed)');
    expect((await cli(['acknowledge', id])).code).toBe(2);
    expect((await cli(['acknowledge', '--subscriber', 'loader'])).code).toBe(2);
  });

  it('act on all that match', async () => {
    const label = ['--label', 'act:all'];
    const ids = [await register(...label), await register(...label)];
    const paused = await cli(['pause', ...label, '--json']);

    expect(paused.code).toBe(0);
    expect(paused.out.map(json)).toEqual(
      ids.toReversed().map((id) => ({ id, done: true, problem: null })),
    );
    expect((await cli(['list', ...label, '--health', 'paused'])).out).toHaveLength(3);
    expect((await cli(['cancel', ...label])).out).toHaveLength(2);
    expect(await cli(['resume', ...label])).toMatchObject({ code: 0, out: [] });
  });

  it.each([
    ['neither ids nor a filter', ['pause']],
    ['both', ['pause', 'a', '--state', 'registered']],
    ['to delete at the provider by a filter', ['cancel', '--state', 'registered', '--at-provider']],
    ['a token for a filter', ['refresh', '--state', 'completed', '--bearer-token-file', 'x']],
  ])('refuse %s', async (_why, args) => {
    expect((await cli(args)).code).toBe(2);
  });
});

describe('bulkwatch providers', () => {
  it('lists, shows, pauses and resumes them', async () => {
    await register();
    expect((await cli(['providers', 'list'])).out[1]).toMatch(/^https:\/\/ehr.example.org +\d+ /);

    expect((await cli(['providers', 'pause', `${provider}/any`])).said).toBe(
      `${provider} is paused.`,
    );
    const listed = (await cli(['providers', 'list', '--json'])).out.map(json);
    expect(listed).toMatchObject([{ origin: provider, pausedBy: 'of default' }]);
    const shown = (await cli(['providers', 'show', provider])).out.join('\n');
    expect(shown).toMatch(/^PAUSED +\d.* ago by of default$/m);
    expect(shown).toMatch(/^SCORECARD +\d{4}-\d\d-\d\d to/m);
    await cli(['providers', 'resume', provider]);

    const all = await cli(['providers', 'pause', '--everything', '--json']);
    expect(json(all.out[0])).toMatchObject({ pausedBy: 'of default' });
    expect((await cli(['providers', 'list'])).said).toContain('Everything is paused since');
    expect((await cli(['providers', 'resume', '--everything'])).said).toBe(
      'Everything is resumed.',
    );
  });

  it.each([
    ['no provider', ['providers', 'show']],
    ['one that is no origin', ['providers', 'pause', 'ehr']],
    ['one and everything', ['providers', 'pause', provider, '--everything']],
    ['too many days', ['providers', 'show', provider, '--days', '36']],
  ])('refuses %s', async (_why, args) => {
    expect((await cli(args)).code).toBe(2);
  });
});
