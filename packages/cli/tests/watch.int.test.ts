import { eventually } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Api,
  authenticating,
  newStatusUrl,
  setupApi,
  setupWorker,
} from '../../../services/api/tests/harness.js';
import { runCli } from '../src/run-cli.js';
import { runCommand } from './run-command.js';

let api: Api;
let worker: Awaited<ReturnType<typeof setupWorker>>;
let env: Record<string, string>;
beforeAll(async () => {
  api = await setupApi(authenticating);
  worker = await setupWorker(api.redis);
  env = {
    BULKWATCH_API_URL: `http://127.0.0.1:${api.port}`,
    BULKWATCH_API_KEY: await api.keyOf('default', 'jobs:read', 'jobs:write'),
  };
});
afterAll(async () => {
  await worker.close();
  await api.stop();
});

async function register(...more: string[]): Promise<string> {
  const { out } = await runCommand(['register', newStatusUrl(), ...more], { env });
  return out[0]?.split(' ')[0] ?? '';
}

/** A watch that goes on, and its lines so far. */
function startWatch(args: readonly string[], screen?: { columns: number; rows: number }) {
  const out: string[] = [];
  const said: string[] = [];
  const code = runCli(['watch', ...args], {
    env: { ...env, NO_COLOR: '1' },
    out: (text) => void out.push(text),
    say: (text) => void said.push(text),
    screen: () => screen,
  });
  return { out, said, code };
}

const manifest = Buffer.from('{"output":[]}');

describe('bulkwatch watch', () => {
  it('tells of each change on a line, and ends well when all have completed', async () => {
    const label = ['--label', 'watch:well'];
    const [one, two] = [await register(...label), await register(...label)];
    const watch = startWatch(label);
    await eventually(() => expect(watch.out).toHaveLength(2));

    await worker.reportProgress(one, '40%');
    await eventually(() => expect(watch.out.at(-1)).toContain(`${one}  in-progress  ok  40%`));
    await worker.complete(one, manifest);
    await eventually(() => expect(watch.out.at(-1)).toContain(`${one}  completed`));
    await worker.complete(two, manifest);

    expect(await watch.code).toBe(0);
    expect(watch.out).toHaveLength(5);
    expect(watch.said).toEqual([]);
  });

  it('ends badly when one did not complete', async () => {
    const [one, two] = [await register(), await register()];
    const watch = startWatch([one, two, '--json']);
    await eventually(() => expect(watch.out).toHaveLength(2));
    await worker.fail(one);
    await worker.complete(two, manifest);

    expect(await watch.code).toBe(1);
    expect(watch.said).toEqual(['1 of 2 did not complete.']);
    expect(watch.out.map((line) => (JSON.parse(line) as { state: string }).state)).toEqual(
      expect.arrayContaining(['failed', 'completed']),
    );
  });

  it('draws bars anew on a terminal', async () => {
    const id = await register();
    const watch = startWatch([id], { columns: 120, rows: 24 });
    await eventually(() => expect(watch.out.at(-1)).toContain('registered'));
    await worker.reportProgress(id, 'half way');
    await eventually(() => expect(watch.out.at(-1)).toContain(`${'·'.repeat(20)}  half way`));
    expect(watch.out.at(-1)?.startsWith('\u001b[2A\r\u001b[J')).toBe(true);
    await worker.complete(id, manifest);

    expect(await watch.code).toBe(0);
    expect(watch.out.at(-1)).toContain('█'.repeat(20));
  });

  it('does not wait for the others when one cannot be watched', async () => {
    const watch = startWatch([await register(), 'nothing']);

    expect(await watch.code).toBe(3);
    expect(watch.said.join()).toContain('job-not-found');
  });

  it('looks at open jobs alone, and at no more than it can', async () => {
    const id = await register('--label', 'watch:over');
    await worker.complete(id, manifest);
    const nothing = startWatch(['--label', 'watch:over']);
    expect(await nothing.code).toBe(0);
    expect(nothing.said).toEqual(['No open job matches.']);
    await register('--label', 'watch:over');
    expect(await startWatch(['--label', 'watch:over', '--state', 'completed']).code).toBe(0);

    const many = startWatch(Array.from({ length: 101 }, (_, index) => `job-${index}`));
    expect(await many.code).toBe(2);
    expect(many.said[0]).toContain('more than the 100');
  });
});
