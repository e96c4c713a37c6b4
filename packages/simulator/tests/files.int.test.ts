import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ExportScript, type Simulator, startSimulator } from '../src/index.js';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ requireToken: false });
});
afterAll(() => simulator.stop());

/** URL of the first file of an export with such files. */
function fileOf(...output: NonNullable<ExportScript['output']>): string {
  const { statusUrl } = simulator.createExport({ steps: [{ answer: 'complete' }], output });
  return `${statusUrl.replace('/jobs/', '/files/')}/0`;
}

it('sends a file in parts, unless it is another version that is asked for', async () => {
  const url = fileOf({ type: 'Patient', count: 5 });
  const whole = await fetch(url);
  const text = await whole.text();
  const etag = whole.headers.get('etag') ?? '';
  const ask = (headers: Record<string, string>) => fetch(url, { headers });

  const part = await ask({ Range: 'bytes=10-', 'If-Range': etag });
  expect([part.status, part.headers.get('content-range')]).toEqual([
    206,
    `bytes 10-${text.length - 1}/${text.length}`,
  ]);
  expect(await part.text()).toBe(text.slice(10));
  const modified = whole.headers.get('last-modified') ?? '';
  expect((await ask({ Range: 'bytes=10-', 'If-Range': modified })).status).toBe(206);
  expect((await ask({ Range: 'bytes=10-', 'If-Range': '"another"' })).status).toBe(200);
  expect((await ask({ Range: 'bytes=0-9' })).status).toBe(200);
  const beyond = await ask({ Range: `bytes=${text.length}-` });
  expect([beyond.status, beyond.headers.get('content-range')]).toEqual([
    416,
    `bytes */${text.length}`,
  ]);
});

it('sends a file with what its script has go wrong, and then as it should', async () => {
  const url = fileOf({
    type: 'Patient',
    count: 5,
    lines: 4,
    steps: [
      { status: 503, retryAfterSeconds: 7, times: 2 },
      { fault: 'truncate' },
      { status: 410, body: { resourceType: 'OperationOutcome' } },
    ],
  });

  for (let time = 0; time < 2; time += 1) {
    const busy = await fetch(url);
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '7']);
  }
  const cut = await fetch(url);
  expect(cut.status).toBe(200);
  await expect(cut.text()).rejects.toThrow();
  const gone = await fetch(url);
  expect([gone.status, await gone.json()]).toEqual([410, { resourceType: 'OperationOutcome' }]);
  expect((await (await fetch(url)).text()).trimEnd().split('\n')).toHaveLength(4);
});
