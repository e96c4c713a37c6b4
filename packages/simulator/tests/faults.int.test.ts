import { gunzipSync } from 'node:zlib';
import { type Fault, faultNames, type Simulator, startSimulator } from '@bulkwatch/simulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RawAnswer, rawGet } from './raw-exchange.js';

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator({ requireToken: false });
});
afterEach(() => simulator.stop());

const body = '{"transactionTime":"2026-01-01T00:00:00Z","output":[],"error":[]}';
const urlOf = (fault: Fault, lastsMs?: number) =>
  simulator.createExport({
    steps: [{ answer: 'complete', body, fault, ...(lastsMs !== undefined && { lastsMs }) }],
  }).statusUrl;

interface Expected {
  readonly ended: RawAnswer['ended'];
  readonly text: RegExp;
  readonly options?: Parameters<typeof rawGet>[1];
}

const start = 'HTTP/1.1 200 OK\r\n';
const manifest = body.replaceAll(/[[\]{}.]/g, String.raw`\$&`);
const expected: Readonly<Record<Fault, Expected>> = {
  reset: { ended: 'reset', text: /^$/ },
  close: { ended: 'closed', text: /^$/ },
  hang: { ended: 'patience', text: /^$/ },
  truncate: { ended: 'closed', text: /Content-Length: 66\r[^]*\r\n\r\n\{"tr[^}]*$/ },
  'slow-headers': { ended: 'patience', text: new RegExp(`^${start}X-Slow: x{2,}$`) },
  'slow-body': { ended: 'patience', text: /chunked\r\n\r\n(1\r\n \r\n){2,}$/ },
  'gzip-bomb': {
    ended: 'patience',
    text: /Content-Encoding: gzip\r/,
    options: { patienceMs: 1_000 },
  },
  'huge-header': { ended: 'patience', text: /X-Huge: x{1048576}\r/ },
  'many-headers': { ended: 'patience', text: /X-Field-0: 0\r[^]*X-Field-9999: 9999\r/ },
  'endless-body': { ended: 'enough', text: /\r\n\r\n10000\r\n {65536}\r\n10000\r\n/ },
  'length-too-long': {
    ended: 'patience',
    text: new RegExp(`Content-Length: 165\r[^]*\r\n\r\n${manifest}$`),
  },
  'length-too-short': {
    ended: 'closed',
    text: new RegExp(`content-length: 32\r[^]*\r\n\r\n${manifest}$`),
  },
  'two-lengths': { ended: 'closed', text: /content-length: 65\r\ncontent-length: 66\r/ },
  'extra-bytes': {
    ended: 'closed',
    text: new RegExp(`content-length: 65\r[^]*${manifest}and another thing$`),
  },
  'malformed-chunk': { ended: 'closed', text: /chunked\r\n[^]*\r\n\r\nzz\r\n\{/ },
  'bad-status-line': { ended: 'closed', text: /^HTTP\/1\.1 OK\r\n/ },
  'bad-header': { ended: 'closed', text: /OK\r\na header that is none\r\n/ },
  'bare-newlines': { ended: 'closed', text: /^HTTP\/1\.1 200 OK\n[^\r]*\n\n\{[^\r]*$/ },
  'switch-protocols': { ended: 'closed', text: /^HTTP\/1\.1 101 [^]*\r\n\r\n$/ },
  informational: {
    ended: 'patience',
    text: /^HTTP\/1\.1 102 [^]*HTTP\/1\.1 103 [^]*HTTP\/1\.1 200 [^]*\}$/,
  },
  continue: { ended: 'patience', text: /^HTTP\/1\.1 100 [^]*HTTP\/1\.1 200 [^]*\}$/ },
  'http-garbage': { ended: 'closed', text: /^[^]{1024}$/ },
};

describe('a fault', () => {
  it.each(Object.entries(expected))('%s', async (fault, { ended, text, options }) => {
    const answer = await rawGet(urlOf(fault as Fault), options);
    expect(answer.ended).toBe(ended);
    // Not by toMatch: its message would show a mebibyte of text.
    expect(text.test(answer.text)).toBe(true);
    expect((await fetch(`${simulator.origin}/_simulator/exports`)).status).toBe(200);
  });

  it.each(['slow-headers', 'slow-body'] as const)('%s comes to its end', async (fault) => {
    const response = await fetch(urlOf(fault, 150));
    expect((await response.text()).trim()).toBe(body);
    const [request] = simulator.record.requests;
    expect(Number(request?.answeredAtMs) - (request?.receivedAtMs ?? 0)).toBeGreaterThan(140);
  });

  it('gzip-bomb inflates to a gibibyte of blanks, a mebibyte in each of its members', async () => {
    const { text } = await rawGet(urlOf('gzip-bomb'), { patienceMs: 1_000 });
    const bomb = Buffer.from(text.slice(text.indexOf('\r\n\r\n') + 4), 'latin1');
    const member = bomb.subarray(0, bomb.length / 1_024);
    expect(bomb.length).toBeLessThan(2_097_152);
    expect(gunzipSync(member).equals(Buffer.alloc(1_048_576, ' '))).toBe(true);
    expect(bomb.subarray(-member.length).equals(member)).toBe(true);
  });

  it('endless-body waits for a client that does not read', async () => {
    const reader = (await fetch(urlOf('endless-body'))).body?.getReader();
    await reader?.read();
    const before = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(80);
    await reader?.cancel();
  });

  it('leaves nothing running behind stop', async () => {
    const timersBefore = timers();
    const delayed = simulator.createExport({ steps: [{ answer: 'complete', delayMs: 60_000 }] });
    const urls = [delayed.statusUrl, ...faultNames.map((fault) => urlOf(fault, 60_000))];
    const open = urls.map((url) => rawGet(url, { patienceMs: 60_000, maxBytes: 1e9 }));
    while (simulator.record.requests.length < urls.length) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await simulator.stop();
    const answers = await Promise.all(open);
    expect(answers.filter(({ ended }) => ended === 'patience' || ended === 'enough')).toEqual([]);
    expect(simulator.record.requests.filter(({ closedAtMs }) => closedAtMs === null)).toEqual([]);
    expect(timers()).toBeLessThanOrEqual(timersBefore);
  });
});

const timers = () => process.getActiveResourcesInfo().filter((one) => one === 'Timeout').length;
