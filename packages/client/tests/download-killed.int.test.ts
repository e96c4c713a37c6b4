import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startProcess } from '@bulkwatch/testkit';
import { expect, it } from 'vitest';
import { downloadExport, requireComplete } from '../src/download.js';
import { scratchFolder } from './download-folder.js';
import { answer, fileServer, hangAfter, type Misdeed, ndjson } from './file-server.js';

const script = fileURLToPath(new URL('download-process.mjs', import.meta.url));

it('a download that was killed goes on where it was, with fresh links too', async () => {
  const content = ndjson(3_000, 'Observation', 200);
  const half = Math.floor(Buffer.byteLength(content) / 2);
  await using server = await fileServer({
    '/1': { content: ndjson(2) },
    '/2': { content, misdeeds: [hangAfter(half)] },
    '/fresh/1': { content: ndjson(2) },
    '/fresh/2': { content },
  });
  await using folder = await scratchFolder();
  const manifestAt = (path: string) => ({
    transactionTime: '2026-11-23T08:00:00Z',
    output: [
      { type: 'Patient', url: `${server.origin}${path}/1`, count: 2 },
      { type: 'Observation', url: `${server.origin}${path}/2`, count: 3_000 },
    ],
  });
  const child = await startProcess({
    command: process.execPath,
    args: [script, folder.path, JSON.stringify(manifestAt(''))],
    readyWhen: (line) => Number(/^has (\d+)/.exec(line)?.[1]) > half,
  });
  await child.kill();
  expect(await folder.names()).toEqual([
    'Observation-0002.ndjson.part',
    'Observation-0002.ndjson.part.json',
    'Patient-0001.ndjson',
    'index.json.part',
  ]);

  requireComplete(
    await downloadExport({
      manifest: manifestAt('/fresh'),
      folder: folder.path,
      dangerouslyAllowHttp: true,
    }),
  );
  expect(await folder.text('Observation-0002.ndjson')).toBe(content);
  expect(await folder.names()).toEqual([
    'Observation-0002.ndjson',
    'Patient-0001.ndjson',
    'index.json',
  ]);
  expect(server.requests.map(({ path, headers }) => [path, headers.range])).toEqual([
    ['/1', undefined],
    ['/2', undefined],
    ['/fresh/2', `bytes=${half}-`],
  ]);
});

it('killed again and again, it brings every byte all the same', async () => {
  let state = Number(process.env['FUZZ_SEED']) >>> 0;
  const dice = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const slowly: Misdeed = async ({ response, body }) => {
    for (let from = 0; from < body.length; from += 20_000) {
      response.write(body.subarray(from, from + 20_000));
      await sleep(5);
    }
    response.end();
  };
  const counts = [40, 900, 3, 1_500];
  const paths = counts.map((_, at) => `/${at}`);
  const contents = counts.map((count) => ndjson(count, 'Condition', 100));
  const misdeeds = Array.from({ length: 30 }, () => slowly);
  await using server = await fileServer(
    Object.fromEntries(paths.map((path, at) => [path, { content: contents[at] ?? '', misdeeds }])),
  );
  await using folder = await scratchFolder();
  const output = paths.map((path, at) => {
    return { type: 'Condition', url: server.origin + path, count: counts[at] };
  });
  const args = [script, folder.path, JSON.stringify({ output })];
  let kills = 0;
  for (let code: number | null = null; code !== 0; ) {
    const child = await startProcess({ command: process.execPath, args, readyWhen: /./ });
    if (kills < 6) await sleep(dice() * 150);
    ({ code } = kills < 6 ? await child.kill() : await child.exited);
    if (code === null) kills += 1;
  }

  expect(kills).toBeGreaterThan(1);
  for (const [at, content] of contents.entries())
    expect(await folder.text(`Condition-000${at + 1}.ndjson`)).toBe(content);
  expect(await folder.names()).toHaveLength(5);
});

it('fresh links are asked for where links have expired', async () => {
  await using server = await fileServer({
    '/old': { content: '', misdeeds: [answer(410)] },
    '/new': { content: ndjson(2) },
  });
  await using folder = await scratchFolder();
  const calls: string[] = [];
  let version = 1;
  const job = () => ({ manifestVersion: version, refreshUntil: null, statusUrl: server.origin });
  const client = {
    getJob: async () => job(),
    getManifest: async () => {
      const path = version === 1 ? '/old' : '/new';
      return { output: [{ type: 'Patient', url: server.origin + path, count: 2 }] };
    },
    refreshJob: async () => {
      calls.push('refresh');
      const asked = { ...job(), refreshUntil: '2026-11-24T00:00:00Z' };
      version = 2;
      return asked;
    },
  } as unknown as Parameters<typeof downloadExport>[0]['client'];
  const options = { client, jobId: 'job-1', folder: folder.path, dangerouslyAllowHttp: true };

  expect(await downloadExport({ ...options, refreshLinks: true } as never)).toMatchObject({
    complete: true,
  });
  expect(calls).toEqual(['refresh']);
  expect(await folder.text('Patient-0001.ndjson')).toBe(ndjson(2));
});
