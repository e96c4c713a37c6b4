import type { Manifest } from '@bulkwatch/contract';
import { describe, expect, it } from 'vitest';
import { type DownloadOptions, downloadExport } from '../src/download.js';
import { scratchFolder } from './download-folder.js';
import { answer, fileServer, ndjson, redirect, type ServedFile } from './file-server.js';

const content = ndjson(2);

/** What a server was sent as Authorization, request by request. */
const sentTo = (server: Awaited<ReturnType<typeof fileServer>>): (string | undefined)[] =>
  server.requests.map(({ headers }) => headers.authorization);

/** Downloads one file, with a token that is the provider's. */
async function bring(
  url: string,
  members: Manifest,
  options: Partial<DownloadOptions> = {},
): Promise<{ complete: boolean; reason: string | undefined }> {
  await using folder = await scratchFolder();
  const { complete, files } = await downloadExport({
    manifest: { output: [{ type: 'Patient', url }], ...members },
    folder: folder.path,
    token: 'secret',
    dangerouslyAllowHttp: true,
    ...options,
  } as DownloadOptions);
  const [file] = files;
  return { complete, reason: file?.kind === 'failed' ? file.fault.reason : undefined };
}

const provider = (misdeeds: ServedFile['misdeeds'] = []) =>
  fileServer({ '/1': { content, misdeeds }, '/2': { content } });

describe('the token', () => {
  it.each([
    [true, 'Bearer secret'],
    ['true', 'Bearer secret'],
    [false, undefined],
    ['false', undefined],
    [null, undefined],
  ])('goes along with requiresAccessToken %j: %s', async (requiresAccessToken, sent) => {
    await using server = await provider();
    await bring(`${server.origin}/1`, { requiresAccessToken, request: `${server.origin}/$export` });

    expect(sentTo(server)).toEqual([sent]);
  });

  it('goes to the origins that it is for, and no other', async () => {
    await using home = await provider();
    await using other = await provider([answer(401)]);
    const request = `${home.origin}/$export`;
    const wanted = { requiresAccessToken: true };

    expect(await bring(`${other.origin}/1`, { ...wanted, request })).toMatchObject({
      reason: 'token-missing',
    });
    await bring(`${other.origin}/1`, { ...wanted, request }, { tokenOrigins: [other.origin] });
    await bring(`${home.origin}/1`, wanted);
    expect(sentTo(other)).toEqual([undefined, 'Bearer secret']);
    expect(sentTo(home)).toEqual([undefined]);
  });

  it.each(['X-Amz-Signature', 'sig', 'Signature', 'X-Goog-Signature'])(
    'does not go along with a URL that %s signs',
    async (name) => {
      await using server = await provider([answer(403)]);
      const request = `${server.origin}/$export`;

      expect(
        await bring(`${server.origin}/1?${name}=0a`, { requiresAccessToken: true, request }),
      ).toEqual({ complete: false, reason: 'link-expired' });
      expect(sentTo(server)).toEqual([undefined]);
    },
  );

  it('stays behind when a redirect leads elsewhere, and when that leads back', async () => {
    await using home = await provider();
    await using store = await provider([redirect(`${home.origin}/2`)]);
    home.files['/1'] = { content, misdeeds: [redirect(`${store.origin}/1?X-Amz-Signature=0a`)] };
    const request = `${home.origin}/$export`;

    const done = await bring(`${home.origin}/1`, { requiresAccessToken: true, request });
    expect(done.complete).toBe(true);
    expect(sentTo(store)).toEqual([undefined]);
    expect(sentTo(home)).toEqual(['Bearer secret', undefined]);
  });

  it('goes along with a redirect within its origin', async () => {
    await using home = await provider([redirect('/2')]);
    await bring(`${home.origin}/1`, {
      requiresAccessToken: true,
      request: `${home.origin}/$export`,
    });

    expect(sentTo(home)).toEqual(['Bearer secret', 'Bearer secret']);
  });

  it('is asked for anew, once, where it was refused', async () => {
    await using server = await provider([answer(401)]);
    const asked: unknown[] = [];
    const token: DownloadOptions['token'] = async (origin, { renew }) => {
      asked.push([origin, renew]);
      return renew ? 'fresh' : 'stale';
    };
    const members = { requiresAccessToken: true, request: `${server.origin}/$export` };

    expect(await bring(`${server.origin}/1`, members, { token })).toMatchObject({ complete: true });
    expect(sentTo(server)).toEqual(['Bearer stale', 'Bearer fresh']);
    expect(asked).toEqual([
      [server.origin, false],
      [server.origin, true],
    ]);

    await using strict = await provider([answer(401), answer(401)]);
    const there = { requiresAccessToken: true, request: `${strict.origin}/$export` };
    expect(await bring(`${strict.origin}/1`, there, { token })).toEqual({
      complete: false,
      reason: 'token-refused',
    });
  });

  it('ends the download where it cannot be had', async () => {
    await using server = await provider();
    const members = { requiresAccessToken: true, request: `${server.origin}/$export` };
    // As node:http has it, which is how those of the file system look.
    const refused = Object.assign(new Error('connect ECONNREFUSED at the token endpoint'), {
      code: 'ECONNREFUSED',
      syscall: 'connect',
    });
    const token = () => Promise.reject(refused);

    await expect(bring(`${server.origin}/1`, members, { token })).rejects.toThrow('token endpoint');
    await expect(bring(`${server.origin}/1`, members, { token: 'two words' })).rejects.toThrow(
      /^the API key or token must be printable/,
    );
    expect(server.requests).toEqual([]);
  });
});

describe('a URL', () => {
  it.each([
    ['of http, where that is not allowed', (origin: string) => `${origin}/1`, false],
    ['of a bucket', () => 's3://bucket/Patient.ndjson', true],
    ['of a file', () => 'file:///etc/passwd', true],
    ['that is none', () => '/files/1', true],
    ['with user-info', (origin: string) => `${origin.replace('//', '//me:secret@')}/1`, true],
  ])('%s is not fetched', async (_name, urlOf, dangerouslyAllowHttp) => {
    await using server = await provider();

    expect(await bring(urlOf(server.origin), {}, { dangerouslyAllowHttp })).toEqual({
      complete: false,
      reason: 'url-not-allowed',
    });
    expect(server.requests).toEqual([]);
  });

  it('of http is not gone to from https, even where http is allowed', async () => {
    const asked: string[] = [];
    const fetch: DownloadOptions['fetch'] = async (url) => {
      asked.push(url);
      const headers = { location: 'http://ehr.example.org/1' };
      return new Response(null, { status: 302, headers });
    };

    expect(await bring('https://ehr.example.org/1', {}, { fetch })).toEqual({
      complete: false,
      reason: 'url-not-allowed',
    });
    expect(asked).toEqual(['https://ehr.example.org/1']);
  });

  it('that redirects for ever is given up', async () => {
    await using server = await provider(Array.from({ length: 9 }, () => redirect('/1')));

    expect(await bring(`${server.origin}/1`, {})).toMatchObject({ reason: 'url-not-allowed' });
    expect(server.requests).toHaveLength(6);
  });
});
