import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isWebhookSecret } from '@bulkwatch/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Api,
  authenticating,
  newStatusUrl,
  setupApi,
} from '../../../services/api/tests/harness.js';
import { canary } from '../../../services/api/tests/keeps-contract.js';
import { type Around, runCommand } from './run-command.js';

const receiver = 'https://hooks.example.org';

let api: Api;
let env: Record<string, string>;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bulkwatch-cli-'));
  const sealKeys = join(folder, 'seal-keys');
  await writeFile(sealKeys, `k1 ${Buffer.alloc(32, 7).toString('base64')}\n`);
  api = await setupApi({
    ...authenticating,
    BULKWATCH_SEAL_KEYS_FILE: sealKeys,
    BULKWATCH_WEBHOOK_ORIGINS: receiver,
  });
  env = {
    BULKWATCH_API_URL: `http://127.0.0.1:${api.port}`,
    BULKWATCH_API_KEY: await api.keyOf('default', 'webhooks:read', 'webhooks:write', 'jobs:write'),
  };
});
afterAll(async () => {
  await api.stop();
  await rm(folder, { recursive: true, force: true });
});

const cli = (args: readonly string[], around: Around = {}) =>
  runCommand(['webhooks', ...args], { env, ...around });
const json = (text: string | undefined) => JSON.parse(text ?? '') as Record<string, unknown>;

async function create(...more: string[]): Promise<string> {
  return String(json((await cli(['create', `${receiver}/in`, '--json', ...more])).out[0])['id']);
}

describe('bulkwatch webhooks', () => {
  it('makes an endpoint, whose secret alone goes to standard output', async () => {
    const types = ['--type', 'completed', '--type', 'bulkwatch.export.failed'];
    const url = `${receiver}/in?key=${canary}`;
    const around = { stdin: `${url}\n` };
    const made = await cli(['create', '--url-file', '-', ...types, '--label', 'a:b'], around);

    expect(made.code).toBe(0);
    expect(made.out).toHaveLength(1);
    expect(isWebhookSecret(made.out[0] ?? '')).toBe(true);
    expect(made.said).toContain(`posted to ${receiver}/in?…`);
    expect(made.said).toContain('cannot be shown again');
    const [head, row] = (await cli(['list'])).out;
    expect(head).toMatch(/^ID +STATE +URL +TYPES +LABELS +FAILING/);
    expect(row).toMatch(/ enabled +https:\S+\?… +completed failed +a:b /);
    const id = row?.split(' ')[0] ?? '';
    expect(json((await cli(['list', '--json'])).out[0])).toMatchObject({ id, labels: { a: 'b' } });
    expect((await cli(['delete', id])).said).toBe(`Endpoint ${id} is deleted.`);
    expect(await cli(['list'])).toMatchObject({ code: 0, out: [] });
  });

  it('shows, disables and enables it', async () => {
    const id = await create('--description', 'loader');
    expect((await cli(['disable', id])).said).toBe(`Endpoint ${id} is disabled.`);
    const shown = (await cli(['show', id])).out.join('\n');
    expect(shown).toMatch(new RegExp(`^ENDPOINT +${id}$`, 'm'));
    expect(shown).toMatch(/^STATE +disabled, by-request$/m);
    expect(shown).toMatch(/^DESCRIPTION +loader$/m);
    expect((await cli(['enable', id, '--json'])).out.map(json)).toMatchObject([
      { id, state: 'enabled' },
    ]);
    expect(json((await cli(['show', id, '--json'])).out[0])).toMatchObject({
      endpoint: { id },
      deliveries: [],
    });
    await cli(['delete', id]);
  });

  it('rotates its secret', async () => {
    const id = await create();
    const rotated = await cli(['rotate-secret', id, '--overlap', '2h']);
    expect(isWebhookSecret(rotated.out.join())).toBe(true);
    expect(rotated.said).toMatch(/signs too until \d{4}-/);
    const alone = await cli(['rotate-secret', id, '--overlap', '0s']);
    expect(alone.said).toContain('signs no more');
    await cli(['delete', id]);
  });

  it('sends events again, and lists the deliveries of an endpoint and of a job', async () => {
    const id = await create();
    const { body } = await api
      .as(env['BULKWATCH_API_KEY'] ?? '', 'post', '/v1/jobs')
      .send({ statusUrl: newStatusUrl() });
    const jobId = (body as { id: string }).id;

    expect((await cli(['replay', id, '--since', '2001-01-01T00:00:00Z'])).said).toBe(
      '1 sent again.',
    );
    const failed = await cli(['replay', id, '--state', 'failed', '--json']);
    expect(failed.out.map(json)).toEqual([{ replayedCount: 0 }]);
    const [head, row, ...others] = (await cli(['deliveries', id, '--state', 'pending'])).out;
    expect(head).toMatch(/^ID +CREATED +STATE +TYPE +JOB/);
    expect(row).toMatch(new RegExp(` pending +registered +${jobId} +0 +- +`));
    expect(others).toEqual([]);
    const ofJob = (await cli(['deliveries', '--job', jobId, '--json'])).out.map(json);
    expect(ofJob).toMatchObject([{ endpointId: id, jobId }]);
    const one = await cli(['replay', id, '--delivery', String(ofJob[0]?.['id'])]);
    expect(one.said).toBe('1 sent again.');
    expect((await cli(['deliveries', id, '--state', 'failed'])).out).toEqual([]);
    await cli(['delete', id]);
  });

  it.each([
    ['no URL', ['create'], 2],
    ['a URL and a file of one', ['create', receiver, '--url-file', '-'], 2],
    ['a type that there is not', ['create', receiver, '--type', 'done'], 2],
    ['a URL that is not allowed', ['create', 'https://elsewhere.example.org'], 3],
    ['no endpoint', ['show'], 2],
    ['an endpoint that there is not', ['show', 'x'], 3],
    ['to delete what is gone', ['delete', '01890000-0000-7000-8000-000000000000'], 3],
    ['a span that is none', ['rotate-secret', 'x', '--overlap', 'long'], 2],
    ['a replay of nothing in particular', ['replay', 'x'], 2],
    ['a replay of two things', ['replay', 'x', '--state', 'held', '--delivery', 'y'], 2],
    ['a replay of what was delivered', ['replay', 'x', '--state', 'delivered'], 2],
    ['an endpoint and a job', ['deliveries', 'x', '--job', 'y'], 2],
    ['a state that there is not', ['deliveries', 'x', '--state', 'lost'], 2],
  ])('refuses %s', async (_what, args, code) => {
    expect(await cli(args)).toMatchObject({ code, out: [] });
  });
});
