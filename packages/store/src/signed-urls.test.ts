import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdsSignedUrls, maskSignedUrls } from './signed-urls.js';

async function masked(url: string): Promise<string> {
  const json = JSON.stringify({ url });
  const text = await maskSignedUrls(json);
  expect(await holdsSignedUrls(json)).toBe(text !== json);
  return (JSON.parse(text) as { url: string }).url;
}

describe('a URL in a manifest', () => {
  it.each([
    ['https://s3.example/b/1?X-Amz-Signature=s', 'https://s3.example/b/1?…'],
    ['https://user:secret@files.example/1', 'https://files.example/1'],
    ['/files/1?sig=s', '/files/1?…'],
    ['files/1?sig=s#part', 'files/1?…'],
    ['//user@files.example/1', '//files.example/1'],
    ['https://blob.example/ü/1?sv=1&sig=%2B', 'https://blob.example/%C3%BC/1?…'],
  ])('is masked: %s', async (url, shown) => expect(await masked(url)).toBe(shown));

  it.each([
    ['https:\\/\\/f.example\\/1\\u003fsig=s', 'https://f.example/1?…'],
    ['https:\\/\\/u\\u0040f.example\\/1', 'https://f.example/1'],
    ['https://f.example/\\"1\\\\?sig=s', 'https://f.example/%221/?…'],
  ])('is masked where it is escaped: %s', async (escaped, shown) =>
    expect(await maskSignedUrls(`{"url":"${escaped}"}`)).toBe(`{"url":"${shown}"}`),
  );

  it.each([
    'https://files.example/1',
    'https://files.example/1#part',
    'https://files.example/1?',
    'who@example.org',
    'Really?',
    'urn:oid:1.2.3',
    'https://files.example/1?…',
    'https://[?',
    '',
  ])('stays as it is where nothing may be a signature: %j', async (text) =>
    expect(await masked(text)).toBe(text),
  );
});

describe('maskSignedUrls', () => {
  it('finds them in whatever member, at whatever depth, and in names', async () => {
    const url = 'https://files.example/1?sig=canary';
    const manifest = { output: [{ url, extension: [{ part: { url } }] }], link: [url], [url]: 1 };
    const text = await maskSignedUrls(JSON.stringify(manifest));
    expect(text).not.toContain('canary');
    expect(text.split('1?…')).toHaveLength(5);
  });

  it('leaves the kick-off request alone, whose query says what to export, and nothing else', async () => {
    const request = '{ "request" : "https://ehr.example/$export?_type=Patient&_since=2026" }';
    expect(await maskSignedUrls(request)).toBe(request);
    expect(await holdsSignedUrls(request)).toBe(false);
    const value = '["request","https://files.example/1?sig=canary"]';
    expect(await maskSignedUrls(value)).not.toContain('canary');
  });

  it('leaves everything else byte for byte', async () => {
    const kept = '{ "a":1.50,\n"big":12345678901234567890, "t":"\\u00e9 \\" \\\\", "__proto__":{} ';
    expect(await maskSignedUrls(`${kept},"url":"https://f.example/1?s=1"}`)).toBe(
      `${kept},"url":"https://f.example/1?…"}`,
    );
  });

  it('takes any JSON, and what it has masked is masked', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), async (json) => {
        const once = await maskSignedUrls(json);
        expect(() => void JSON.parse(once)).not.toThrow();
        expect(await holdsSignedUrls(once)).toBe(false);
      }),
    );
  });

  it('lets others run while it looks through a large manifest, whatever that is made of', async () => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    const url = 'https://files.example/1';
    const files = JSON.stringify(Array.from({ length: 200_000 }, () => ({ url })));
    expect(await holdsSignedUrls(files)).toBe(false);
    expect(turns).toBeGreaterThan(5);
    clearInterval(timer);
    expect(await holdsSignedUrls(`["${'\\n'.repeat(4_000_000)}","${url}?sig=1"]`)).toBe(true);
  });
});
