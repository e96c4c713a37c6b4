import { fileURLToPath } from 'node:url';
import { startProcess } from '@bulkwatch/testkit';
import { expect, it } from 'vitest';
import { downloadExport, requireComplete } from '../src/download.js';
import { scratchFolder } from './download-folder.js';
import { answer, fileServer, hangAfter, ndjson } from './file-server.js';

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
