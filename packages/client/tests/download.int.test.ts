import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type DownloadOptions,
  type DownloadProgress,
  downloadExport,
  requireComplete,
} from '../src/download.js';
import { scratchFolder } from './download-folder.js';
import {
  answer,
  cutAfter,
  fileServer,
  hangAfter,
  type Misdeed,
  ndjson,
  type ServedFile,
} from './file-server.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** One file at `/1`, downloaded with short times. */
async function bringOne(
  served: ServedFile,
  options: Partial<DownloadOptions> & { readonly count?: number } = {},
) {
  const folder = await scratchFolder();
  const arrived = () => folder.sizeOf('Patient-0001.ndjson.part');
  const server = await fileServer({ '/1': { arrived, ...served } });
  const { count, ...rest } = options;
  const run = () =>
    downloadExport({
      manifest: { output: [{ type: 'Patient', url: `${server.origin}/1?key=hidden`, count }] },
      folder: folder.path,
      dangerouslyAllowHttp: true,
      retryForMs: 10_000,
      silenceMs: 5_000,
      ...rest,
    } as DownloadOptions);
  return {
    server,
    folder,
    run,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

describe('a download', () => {
  it('brings every file, says what each is, and does not fetch twice', async () => {
    await using server = await fileServer({
      '/a': { content: ndjson(3) },
      '/b': { content: ndjson(5, 'Observation') },
      '/c': { content: '{"resourceType":"Bundle"}' },
      '/d': { content: ndjson(1, 'OperationOutcome') },
    });
    await using folder = await scratchFolder();
    const seen: DownloadProgress[] = [];
    const urlOf = (path: string): string => `${server.origin}${path}?signed=secret`;
    const options: DownloadOptions = {
      manifest: {
        transactionTime: '2026-11-23T08:00:00Z',
        output: [
          { type: 'Patient', url: urlOf('/a'), count: 3 },
          { type: '../../Observation', url: urlOf('/b'), count: 5 },
        ],
        deleted: [{ type: 'Bundle', url: urlOf('/c') }],
        outcome: [{ type: 'OperationOutcome', url: urlOf('/d'), count: 1 }],
      },
      folder: join(folder.path, 'new'),
      dangerouslyAllowHttp: true,
      onProgress: (progress) => seen.push(progress),
    };
    const download = requireComplete(await downloadExport(options));

    const index = JSON.parse(await folder.text('new/index.json')) as { files: unknown[] };
    expect(index.files).toEqual([
      {
        file: 'Patient-0001.ndjson',
        section: 'output',
        type: 'Patient',
        url: `${server.origin}/a?…`,
        count: 3,
        lines: 3,
        bytes: Buffer.byteLength(ndjson(3)),
        sha256: sha256(ndjson(3)),
      },
      expect.objectContaining({ file: 'file-0002.ndjson', lines: 5 }),
      expect.objectContaining({ file: 'deleted-Bundle-0001.ndjson', section: 'deleted', lines: 1 }),
      expect.objectContaining({ file: 'error-OperationOutcome-0001.ndjson', section: 'error' }),
    ]);
    expect(await folder.text('new/Patient-0001.ndjson')).toBe(ndjson(3));
    expect(download.files.map((file) => file.kind === 'complete' && file.skipped)).toEqual(
      Array.from({ length: 4 }, () => false),
    );
    expect(seen.at(-1)).toMatchObject({ fileCount: 4, completedCount: 4, lines: 10, inFlight: [] });

    const again = await downloadExport(options);
    expect(again.complete).toBe(true);
    expect(server.requests).toHaveLength(4);

    await rm(join(folder.path, 'new/Patient-0001.ndjson'));
    await downloadExport(options);
    expect(server.requests).toHaveLength(5);
    expect(server.requests[4]?.path).toBe('/a');
  });

  it('keeps to its bound on files at a time', async () => {
    let most = 0;
    let now = 0;
    const slow: ServedFile = {
      content: ndjson(1),
      misdeeds: [
        async ({ send }) => {
          most = Math.max(most, (now += 1));
          await new Promise((resolve) => setTimeout(resolve, 20));
          now -= 1;
          send();
        },
      ],
    };
    const paths = Array.from({ length: 12 }, (_, at) => `/${at}`);
    await using server = await fileServer(Object.fromEntries(paths.map((path) => [path, slow])));
    await using folder = await scratchFolder();
    await downloadExport({
      manifest: { output: paths.map((path) => ({ type: 'Patient', url: server.origin + path })) },
      folder: folder.path,
      concurrency: 3,
      dangerouslyAllowHttp: true,
    });

    expect(most).toBe(3);
    expect(await folder.names()).toHaveLength(13);
  });

  it('refuses a folder that holds another export', async () => {
    await using one = await bringOne({ content: ndjson(2) }, { count: 2 });
    await one.run();
    const manifest = { output: [{ type: 'Observation', url: `${one.server.origin}/1` }] };

    await expect(
      downloadExport({ manifest, folder: one.folder.path, dangerouslyAllowHttp: true }),
    ).rejects.toMatchObject({ reason: 'folder-of-another-export' });
  });

  it.each([
    [{ folder: '' }, 'folder'],
    [{ concurrency: 0 }, 'concurrency'],
    [{ tokenOrigins: ['ehr.example.org'] }, 'tokenOrigins'],
    [{ tokenOrigins: ['https://ehr.example.org/path'] }, 'tokenOrigins'],
    [{ silenceMs: 0 }, 'silenceMs'],
  ])('refuses %j', async (options, named) => {
    await expect(downloadExport({ manifest: {}, folder: 'x', ...options })).rejects.toThrow(named);
  });
});

describe('a connection that breaks off', () => {
  const content = ndjson(200);
  const total = Buffer.byteLength(content);

  it.each([
    ['an ETag', 'etag', /^"\w+"$/],
    ['a Last-Modified', 'last-modified', /GMT$/],
  ] as const)('is gone on with where the file has %s', async (_name, validator, ifRange) => {
    await using one = await bringOne(
      { content, validator, misdeeds: [cutAfter(5_000), cutAfter(1_000)] },
      { count: 200 },
    );
    requireComplete(await one.run());

    expect(one.server.requests.map(({ headers }) => headers.range)).toEqual([
      undefined,
      'bytes=5000-',
      'bytes=6000-',
    ]);
    expect(one.server.requests[1]?.headers['if-range']).toMatch(ifRange);
    expect(await one.folder.text('Patient-0001.ndjson')).toBe(content);
    expect(await one.folder.names()).toEqual(['Patient-0001.ndjson', 'index.json']);
  });

  it.each(['weak-etag', 'none'] as const)(
    'begins anew where the file has %s',
    async (validator) => {
      await using one = await bringOne({ content, validator, misdeeds: [cutAfter(5_000)] });
      requireComplete(await one.run());

      expect(one.server.requests.map(({ headers }) => headers.range)).toEqual([
        undefined,
        undefined,
      ]);
      expect(await one.folder.text('Patient-0001.ndjson')).toBe(content);
    },
  );

  it('begins anew where the server knows no ranges', async () => {
    await using one = await bringOne({ content, ranges: false, misdeeds: [cutAfter(5_000)] });
    requireComplete(await one.run());

    expect(one.server.requests[1]?.headers.range).toBe('bytes=5000-');
    expect(await one.folder.text('Patient-0001.ndjson')).toBe(content);
  });

  it('begins anew where the file is another one meanwhile', async () => {
    await using one = await bringOne({ content, misdeeds: [cutAfter(5_000), answer(410)] });
    expect((await one.run()).complete).toBe(false);
    expect(await one.folder.names()).toContain('Patient-0001.ndjson.part');

    one.server.files['/1'] = { content: ndjson(300) };
    requireComplete(await one.run());
    expect(one.server.requests.at(-1)?.headers.range).toBe('bytes=5000-');
    expect(await one.folder.text('Patient-0001.ndjson')).toBe(ndjson(300));
  });

  it('is done where all of it had come, as 416 tells', async () => {
    await using one = await bringOne(
      { content, sized: false, misdeeds: [hangAfter(total)] },
      { silenceMs: 300 },
    );
    requireComplete(await one.run());

    expect(one.server.requests.map(({ headers }) => headers.range)).toEqual([
      undefined,
      `bytes=${total}-`,
    ]);
    expect(await one.folder.text('Patient-0001.ndjson')).toBe(content);
  });

  it('begins anew where 416 tells of a shorter file', async () => {
    const refuse = answer(416, { 'content-range': 'bytes */7' });
    await using one = await bringOne({ content, misdeeds: [cutAfter(5_000), refuse] });
    requireComplete(await one.run());

    expect(one.server.requests[2]?.headers.range).toBeUndefined();
    expect(await one.folder.text('Patient-0001.ndjson')).toBe(content);
  });

  it.each([
    ['from elsewhere', { 'content-range': `bytes 4000-${total - 1}/${total}` }],
    ['of something else', { etag: '"another"' }],
    ['that does not say of what', { 'content-range': '' }],
    ['that is encoded', { 'content-encoding': 'unknown' }],
  ])('does not take a part %s', async (_name, headers) => {
    const strange: Misdeed = ({ response, body }) => {
      response.setHeaders(new Headers(headers));
      // As long as it should be, so that only what it says tells.
      response.end('x'.repeat(body.length));
    };
    await using one = await bringOne({ content, misdeeds: [cutAfter(5_000), strange] });
    requireComplete(await one.run());

    expect(await one.folder.text('Patient-0001.ndjson')).toBe(content);
  });

  it('is given up where it is silent for too long', async () => {
    await using one = await bringOne({ content, misdeeds: [hangAfter(5_000)] }, { silenceMs: 300 });
    requireComplete(await one.run());
    expect(one.server.requests[1]?.headers.range).toBe('bytes=5000-');

    await using other = await bringOne(
      { content, misdeeds: Array.from({ length: 20 }, () => hangAfter(0)) },
      { retryForMs: 500, silenceMs: 300 },
    );
    const { files } = await other.run();
    expect(files).toMatchObject([{ kind: 'failed', fault: { reason: 'timed-out', status: null } }]);
  });

  it('is never gone on with where the content was compressed', async () => {
    await using one = await bringOne(
      { content: ndjson(5_000), gzip: 'asked', misdeeds: [cutAfter(200)] },
      { compressed: true, count: 5_000 },
    );
    requireComplete(await one.run());

    expect(one.server.requests.map(({ headers: h }) => [h.range, h['accept-encoding']])).toEqual([
      [undefined, 'gzip'],
      [undefined, 'gzip'],
    ]);
    expect(await one.folder.text('Patient-0001.ndjson')).toBe(ndjson(5_000));

    await using forced = await bringOne({ content, gzip: 'always' }, { count: 200 });
    requireComplete(await forced.run());
    expect(forced.server.requests[0]?.headers['accept-encoding']).toBe('identity');
    expect(await forced.folder.text('Patient-0001.ndjson')).toBe(content);
  });

  it('ends with the signal, and goes on the next time', async () => {
    await using one = await bringOne({ content, misdeeds: [hangAfter(5_000)] });
    const controller = new AbortController();
    const manifest = { output: [{ type: 'Patient', url: `${one.server.origin}/1` }] };
    const ended = downloadExport({
      manifest,
      folder: one.folder.path,
      dangerouslyAllowHttp: true,
      signal: controller.signal,
      onProgress: ({ bytes }) => bytes === 5_000 && controller.abort(new Error('stop')),
    });
    await expect(ended).rejects.toThrow('stop');

    requireComplete(await one.run());
    expect(one.server.requests[1]?.headers.range).toBe('bytes=5000-');
    expect(await one.folder.text('Patient-0001.ndjson')).toBe(content);
  });
});

it('a signal that aborts before anything is asked for ends it', async () => {
  await using one = await bringOne({ content: ndjson(1) });
  const controller = new AbortController();
  const ended = downloadExport({
    manifest: { output: [{ type: 'Patient', url: `${one.server.origin}/1` }] },
    folder: one.folder.path,
    dangerouslyAllowHttp: true,
    signal: controller.signal,
  });
  controller.abort(new Error('stop'));

  await expect(ended).rejects.toThrow('stop');
  expect(one.server.requests).toEqual([]);
});

describe('a fault', () => {
  const content = ndjson(10);

  it('is a count that differs, unless it is only to be reported', async () => {
    await using one = await bringOne({ content }, { count: 11 });
    const download = await one.run();

    expect(download.files).toEqual([
      {
        file: 'Patient-0001.ndjson',
        section: 'output',
        type: 'Patient',
        count: 11,
        kind: 'failed',
        fault: {
          reason: 'count-mismatch',
          message: 'Patient-0001.ndjson: It has 10 lines; the manifest says 11.',
          status: null,
        },
      },
    ]);
    expect(() => requireComplete(download)).toThrow(/1 of 1 files are not there: Patient-0001/);
    expect(await one.folder.names()).toEqual(['index.json.part']);

    await using lax = await bringOne({ content }, { count: 11, counts: 'report' });
    expect((await lax.run()).complete).toBe(true);
    expect((await lax.folder.index()).files).toMatchObject([{ count: 11, lines: 10 }]);
  });

  it('is not the count of two halves that do not fit: the file is fetched anew', async () => {
    await using one = await bringOne(
      {
        content: ndjson(200),
        validator: 'last-modified',
        misdeeds: [cutAfter(5_000), answer(410)],
      },
      { count: 200 },
    );
    await one.run();
    await writeFile(join(one.folder.path, 'Patient-0001.ndjson.part'), '\n'.repeat(5_000));
    requireComplete(await one.run());

    expect(await one.folder.text('Patient-0001.ndjson')).toBe(ndjson(200));
  });

  it.each([
    [410, 'link-expired'],
    [404, 'link-expired'],
    [400, 'request-refused'],
    [403, 'token-missing'],
  ])('of status %i is final, with reason %s', async (status, reason) => {
    await using one = await bringOne({ content, misdeeds: [answer(status)] });
    const { files } = await one.run();

    expect(files).toMatchObject([{ fault: { reason, status } }]);
    expect(JSON.stringify(files)).not.toContain('hidden');
    expect(one.server.requests).toHaveLength(1);
  });

  it('of a server that is busy is waited for, for all files of its origin', async () => {
    const late: Misdeed = ({ send }) => setTimeout(send, 100);
    const served: ServedFile = { content, misdeeds: [answer(429, { 'retry-after': '1' })] };
    await using server = await fileServer({
      '/1': served,
      '/2': { content, misdeeds: [late] },
      '/3': { content },
    });
    await using folder = await scratchFolder();
    requireComplete(
      await downloadExport({
        manifest: { output: ['/1', '/2', '/3'].map((path) => ({ url: server.origin + path })) },
        folder: folder.path,
        concurrency: 2,
        dangerouslyAllowHttp: true,
      }),
    );

    const [refused] = server.requestsOf('/1');
    const [third] = server.requestsOf('/3');
    expect((third?.atMs ?? 0) - (refused?.atMs ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it('of a server that stays busy is told when the time is up', async () => {
    const busy = Array.from({ length: 50 }, () => answer(503));
    await using one = await bringOne({ content, misdeeds: busy }, { retryForMs: 1_000 });
    expect((await one.run()).files).toMatchObject([
      { fault: { reason: 'provider-busy', status: 503 } },
    ]);
    expect(one.server.requests.length).toBeGreaterThan(1);

    await using long = await bringOne({
      content,
      misdeeds: [answer(503, { 'retry-after': '60' })],
    });
    const startedMs = performance.now();
    expect((await long.run()).files).toMatchObject([{ fault: { reason: 'provider-busy' } }]);
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });

  it('of the network is named by its code', async () => {
    await using one = await bringOne({ content }, { retryForMs: 0 });
    await one.server[Symbol.asyncDispose]();

    expect((await one.run()).files).toMatchObject([
      {
        fault: {
          reason: 'connection-failed',
          message: 'Patient-0001.ndjson: The connection failed, or broke off (ECONNREFUSED).',
        },
      },
    ]);
  });

  it('is a page of HTML', async () => {
    await using one = await bringOne({
      content,
      misdeeds: [({ response, send }) => (response.setHeader('content-type', 'text/html'), send())],
    });
    expect((await one.run()).files).toMatchObject([{ fault: { reason: 'response-unreadable' } }]);
  });

  it('is a disk that refuses, for that file alone', async () => {
    await using server = await fileServer({ '/1': { content }, '/2': { content } });
    await using folder = await scratchFolder();
    await mkdir(join(folder.path, 'Patient-0001.ndjson.part'));
    const { complete, files } = await downloadExport({
      manifest: {
        output: ['/1', '/2'].map((path) => ({ type: 'Patient', url: server.origin + path })),
      },
      folder: folder.path,
      dangerouslyAllowHttp: true,
    });

    expect(complete).toBe(false);
    expect(files).toMatchObject([{ fault: { reason: 'folder-unusable' } }, { kind: 'complete' }]);
    expect(await folder.names()).not.toContain('index.json');
  });
});
