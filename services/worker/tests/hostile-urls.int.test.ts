import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { createPresetBook, defaultPolicy } from '@bulkwatch/core';
import { createCredentialBook, createEgress, createProviderPolicy } from '@bulkwatch/egress';
import { type HostileUrl, hostileUrls, manualClock } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pollJob } from '../src/poll-job.js';
import { createReader } from '../src/reader.js';
import { jobInMemory } from './job-in-memory.js';
import { silentReporter } from './silent-reporter.js';

/**
 * Every hostile URL by every route on which a provider's answer, or a registration of the past, can bring one to
 * the worker. Whoever comes to the forbidden address is counted; nobody may.
 */

let visits = 0;
const forbidden = createTcpServer((socket) => socket.destroy()).on('connection', () => {
  visits += 1;
});
let answer: (response: ServerResponse) => void = (response) => response.end();
const provider = createServer((_request, response) => answer(response));

const reader = createReader();
const clock = manualClock(Date.now());
const never = new AbortController().signal;

const listening = async (server: typeof forbidden | typeof provider, host: string) => {
  server.listen(0, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};
let origin = '';
let hostile: HostileUrl[] = [];
let egress: ReturnType<typeof openEgress>;

beforeAll(async () => {
  origin = `http://127.0.0.1:${await listening(provider, '127.0.0.1')}`;
  hostile = hostileUrls(await listening(forbidden, '127.0.0.77'));
  egress = openEgress();
});
afterAll(async () => {
  await Promise.all([egress.close(), reader.close()]);
  provider.closeAllConnections();
  provider.close();
  forbidden.close();
});

/** As open as the settings allow: any public origin, and http to the one provider. */
function openEgress() {
  return createEgress({
    policy: createProviderPolicy({
      origins: [origin],
      allowHttp: true,
      allowAnyPublicOrigin: true,
    }),
    credentials: createCredentialBook([
      { name: 'simulator', kind: 'none', origins: [origin], fingerprint: '1' },
    ]),
    clock,
    requestTimeoutMs: 2_000,
    bodyMaxBytes: 64 * 1024,
    connectionsPerProvider: 4,
  });
}

/** Polls a job three times; what its first polls bring is what `answer` says. */
async function decisionsOf(statusUrl: string): Promise<string[]> {
  const job = jobInMemory({ statusUrl, preset: 'generic' }, clock);
  const ports = {
    jobs: job.jobs,
    presets: createPresetBook({ own: new Map(), byOrigin: new Map() }),
    fetchStatus: egress.fetchStatus,
    reader,
    clock,
    policy: defaultPolicy,
    sendBudgetMs: 2_000,
    dice: () => 0,
    reporter: silentReporter,
  };
  for (let polls = 0; polls < 3; polls += 1) {
    const wakeUp = { jobId: 'j1', wake: 1 };
    const { kind } = await pollJob(ports, wakeUp, { sendNothing: never, cutOff: never });
    if (kind === 'done') break;
  }
  return job.decisions.flatMap((decision) => ('reason' in decision ? (decision.reason ?? []) : []));
}

/** What a header can hold. */
const inHeader = ({ text }: HostileUrl): boolean => /^[\x20-\x7e]+$/.test(text);

/** What becomes of a text that is not even taken for a link. */
const noLink = ['redirect-refused', 'response-unreadable', 'manifest-incomplete'];

const routes: Record<string, (url: string) => (response: ServerResponse) => void> = {
  'a redirect': (url) => (response) => response.writeHead(307, { Location: url }).end(),
  'the 303 at the end': (url) => (response) => response.writeHead(303, { Location: url }).end(),
  'the next page of a manifest': (url) => (response) =>
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(
      JSON.stringify({
        transactionTime: '2026-01-01T00:00:00Z',
        request: `${origin}/$export`,
        requiresAccessToken: false,
        output: [],
        error: [],
        link: [{ relation: 'next', url }],
      }),
    ),
};

describe('a hostile URL', () => {
  it('that is registered all the same is never asked', async () => {
    const parsed = hostile.filter(({ text }) => URL.canParse(text));
    for (const { text, what } of parsed)
      expect((await decisionsOf(text))[0], what).toBe('provider-not-allowed');
    expect(visits).toBe(0);
  });

  it.each(Object.entries(routes))('in %s leads nowhere', async (name, route) => {
    const tried = name === 'the next page of a manifest' ? hostile : hostile.filter(inHeader);
    expect(tried.length).toBeGreaterThan(250);
    let refused = 0;
    for (const { text, what } of tried) {
      answer = route(text);
      const reason = (await decisionsOf(`${origin}/jobs/1`)).at(-1);
      if (reason === 'provider-not-allowed') refused += 1;
      else expect(noLink, `${what}: ${text}`).toContain(reason);
    }
    // Most are links like any other, up to the guard.
    expect(refused).toBeGreaterThan(200);
    expect(visits).toBe(0);
  });
});
