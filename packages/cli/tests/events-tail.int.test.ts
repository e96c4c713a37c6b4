import { eventually } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Api,
  authenticating,
  newStatusUrl,
  setupApi,
} from '../../../services/api/tests/harness.js';
import { runCommand } from './run-command.js';

let api: Api;
let env: Record<string, string>;
beforeAll(async () => {
  api = await setupApi(authenticating);
  env = {
    BULKWATCH_API_URL: `http://127.0.0.1:${api.port}`,
    BULKWATCH_API_KEY: await api.keyOf('default', 'jobs:read', 'jobs:write', 'events:read'),
  };
});
afterAll(() => api.stop());

const cli = (...args: readonly string[]) => runCommand(args, { env });

async function register(...more: string[]): Promise<string> {
  const { out } = await cli('register', newStatusUrl(), ...more);
  return out[0]?.split(' ')[0] ?? '';
}

describe('bulkwatch events tail', () => {
  it('shows what is kept, what comes, and goes on after an entry', async () => {
    const ids = [await register('--label', 'tail:one'), await register()];
    const kept = await cli('events', 'tail', '--from-start', '--limit', '2');
    expect(kept.code).toBe(0);
    expect(kept.out.map((line) => line.split('  ').slice(2, 4))).toEqual(
      ids.map((id) => ['bulkwatch.export.registered', id]),
    );

    const [entry = ''] = (kept.out[0] ?? '').split('  ');
    const after = await cli('events', 'tail', '--after', entry, '--limit', '1', '--json');
    expect(JSON.parse(after.out[0] ?? '')).toMatchObject({ subject: ids[1] });

    const label = ['--from-start', '--label', 'tail:one', '--limit', '1', '--json'];
    const labelled = await cli('events', 'tail', ...label);
    expect(JSON.parse(labelled.out[0] ?? '')).toMatchObject({ subject: ids[0] });

    let seen: readonly string[] = [];
    const cancelled = cli('events', 'tail', '--type', 'cancelled', '--limit', '1').then(
      ({ out }) => {
        seen = out;
      },
    );
    // One that is cancelled before the stream is open is not seen.
    await eventually(async () => {
      await cli('cancel', await register());
      expect(seen).toEqual([expect.stringContaining('bulkwatch.export.cancelled')]);
    });
    await cancelled;
  });

  it('ends when it may not, or never got through', async () => {
    const wrong = { ...env, BULKWATCH_API_KEY: await api.keyOf('default', 'jobs:read') };
    expect(await runCommand(['events', 'tail'], { env: wrong })).toMatchObject({
      code: 3,
      said: expect.stringContaining('scope-missing'),
    });
    expect(await cli('events', 'tail', '--api-url', 'http://127.0.0.1:1')).toMatchObject({
      code: 4,
      out: [],
    });
  });

  it.each([
    ['an unknown type', ['--type', 'done']],
    ['two beginnings', ['--from-start', '--after', '1-0']],
    ['an argument', ['x']],
  ])('refuses %s', async (_why, args) => {
    expect((await cli('events', 'tail', ...args)).code).toBe(2);
  });
});
