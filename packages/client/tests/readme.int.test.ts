import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { eventually, type Redis, startProcess, startRedis } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setupWorker } from '../../../services/api/tests/harness.js';
import { createClient } from '../src/index.js';
import { apiProcess } from './api-process.js';
import { fileServer, ndjson } from './file-server.js';

const require = createRequire(import.meta.url);

let redis: Redis;
let api: Awaited<ReturnType<typeof apiProcess>>;
let worker: Awaited<ReturnType<typeof setupWorker>>;
let folder: string;
beforeAll(async () => {
  redis = await startRedis();
  [api, worker] = await Promise.all([apiProcess(redis), setupWorker(redis)]);
  folder = await mkdtemp(join(tmpdir(), 'bulkwatch-readme-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await api.stop();
  await worker.close();
  await redis.stop();
});

/** Runs the first block of code below a heading of the page (none: of the page) as Node does, against this api. */
async function runSnippet(heading: string, jobId?: string) {
  const page = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const [, snippet = ''] = /```ts\n([^]*?)```/.exec(page.slice(page.indexOf(heading))) ?? [];
  const code = snippet
    .replace("'@bulkwatch/client'", `'${new URL('../dist/index.js', import.meta.url).href}'`)
    .replace("'@bulkwatch/client/redis'", `'${new URL('../dist/redis.js', import.meta.url).href}'`)
    .replace(
      "'@bulkwatch/client/testing'",
      `'${new URL('../dist/testing.js', import.meta.url).href}'`,
    )
    .replace(
      "'@bulkwatch/client/download'",
      `'${new URL('../dist/download.js', import.meta.url).href}'`,
    )
    .replace(': string[]', '')
    .replace("'ioredis'", `'${pathToFileURL(require.resolve('ioredis')).href}'`)
    .replace('redis://127.0.0.1:6379', redis.url)
    .replace('http://127.0.0.1:8080', api.baseUrl)
    .replace("retryAfter: '600'", "retryAfter: '0'")
    .replace('/data/exports', folder)
    .replace('019ab5c0-0000-7000-8000-000000000000', jobId ?? '$&')
    .replace('refreshLinks: true', 'dangerouslyAllowHttp: true');
  const file = join(folder, `snippet-${heading.length}.mjs`);
  await writeFile(file, code);
  return startProcess({ command: process.execPath, args: [file] });
}

describe('the code of the page', () => {
  it('registers, waits and prints what there is to load', async () => {
    const child = await runSnippet('# ');
    const { jobs } = await eventually(async () => {
      const page = await createClient(api).listJobs();
      expect(page.jobs).toHaveLength(1);
      return page;
    });
    await eventually(() => expect(child.lines()).toEqual(['registered null']));
    const manifest = '{"output":[{"type":"Patient","url":"https://ehr.example.org/1.ndjson"}]}';
    await worker.complete(jobs[0]?.id ?? '', Buffer.from(manifest));

    expect((await child.exited).code).toBe(0);
    expect(child.lines()).toEqual([
      'registered null',
      'completed null',
      "[ 'Patient https://ehr.example.org/1.ndjson' ]",
    ]);
  });

  it('is given the event of what was completed, and stops when it is told to', async () => {
    const child = await runSnippet('## Subscribing');
    await eventually(() => expect(child.lines()).toEqual([expect.stringMatching(/^[\w-]+ 1$/)]));

    expect((await child.stop()).code).toBe(0);
    expect(child.lines()).toHaveLength(1);
  });

  it('imports a list and goes through what was registered', async () => {
    const child = await runSnippet('## Calls');

    expect((await child.exited).code).toBe(0);
    const open = child.lines().filter((line) => line.endsWith('registered null'));
    expect(open).toHaveLength(2);
  });

  it('downloads what is complete', async () => {
    await using server = await fileServer({ '/1': { content: ndjson(3) } });
    const client = createClient(api);
    const { job } = await client.registerJob({
      statusUrl: 'https://ehr.example.org/jobs/download',
      retryAfter: 0,
    });
    const url = `${server.origin}/1`;
    const manifest = { output: [{ type: 'Patient', url, count: 3 }] };
    await worker.complete(job.id, Buffer.from(JSON.stringify(manifest)));
    const child = await runSnippet('## Downloading', job.id);

    expect((await child.exited).code).toBe(0);
    expect(child.lines().at(-1)).toMatch(/^Patient-0001\.ndjson 3 [0-9a-f]{64}$/);
  });

  it('tests a handler without any of it', async () => {
    const child = await runSnippet('## Testing what you build on it');

    expect((await child.exited).code).toBe(0);
    expect(child.lines()).toEqual(["[ 'order 4711', 'order 4712' ] 0"]);
  });

  it('tells reasons apart', async () => {
    const child = await runSnippet('## When it does not succeed');

    expect((await child.exited).code).toBe(1);
    expect(child.lines().join('\n')).toContain(
      'BulkwatchError: There is no such job. (job-not-found',
    );
  });
});
