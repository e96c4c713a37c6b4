import { randomUUID } from 'node:crypto';
import type { Job } from '@bulkwatch/contract';
import { oracleExport, type Simulator } from '@bulkwatch/simulator';
import { Redis } from 'ioredis';
import { type Fleet, portOf, startFleet } from '../../e2e/fleet.js';
import { startHooks } from './hooks.js';

/** Provider gates as they are in production, but with trouble that comes and goes while we look. */
const settings = {
  BULKWATCH_PROVIDER_CONCURRENCY: '8',
  BULKWATCH_PROVIDER_RATE: '25',
  BULKWATCH_PROVIDER_BURST: '10',
  BULKWATCH_CIRCUIT_FAILURES: '3',
  BULKWATCH_CIRCUIT_PROBE_FIRST: '2s',
  BULKWATCH_CIRCUIT_PROBE_LONGEST: '4s',
  BULKWATCH_WEBHOOK_RETRIES: '1s,2s,5s',
  BULKWATCH_WEBHOOK_TIMEOUT: '2s',
  BULKWATCH_LOG_LEVEL: 'info',
};
/** How often something happens. */
const beatMs = 400;

export interface LivelyFleet {
  /** Ports of metrics, by the name of the scrape job. */
  readonly ports: Readonly<Record<string, number | readonly number[]>>;
  /** The origin of the provider that answers all kinds of things, and at times nothing. */
  readonly troubledProvider: string;
  stop(): Promise<void>;
}

/**
 * An api and two workers with something going on of every kind that a panel shows: exports that end well and badly, providers
 * that are slow, rude or out, subscribers that read and that do not, callers without rights, work done by hand.
 */
export async function startLivelyFleet(): Promise<LivelyFleet> {
  const hooks = await startHooks();
  const env = { ...settings, BULKWATCH_WEBHOOK_ORIGINS: hooks.origin };
  const fleet = await startFleet(env, { moreProviders: 2, simulator: { tokenLifeSeconds: 20 } });
  const workers = await Promise.all([fleet.startWorker(), fleet.startWorker()]);
  await hooks.subscribe(fleet.apiUrl);
  const over = new AbortController();
  const beating = beatAll(fleet, over.signal);
  const ended = Promise.all([
    beating,
    listen(fleet, over.signal),
    readInGroups(fleet, over.signal),
  ]);
  ended.catch(() => undefined);
  return {
    ports: {
      'bulkwatch-api': portOf(fleet.api, 'api listening', 'opsPort'),
      'bulkwatch-worker': workers.map((worker) => portOf(worker, 'worker running', 'opsPort')),
    },
    troubledProvider: fleet.moreProviders[1]?.origin ?? '',
    async stop() {
      over.abort();
      try {
        // Had something gone wrong, panels without data would be all that is known of it.
        await ended;
      } finally {
        await fleet.stop();
        await hooks.stop();
      }
    },
  };
}

/** How exports go, in turn. */
const well = (polls: number) =>
  oracleExport({ polls, retryAfterSeconds: 1 + (polls % 3), progress: ['10%', '40%', '80%'] });
const moods = [
  { steps: [{ answer: 'in-progress', retryAfterSeconds: 1 }, { answer: 'complete' }] },
  { steps: [{ answer: 'status', status: 503, retryAfterSeconds: 1 }, { answer: 'complete' }] },
  { steps: [{ answer: 'status', status: 429, retryAfterSeconds: 1 }, { answer: 'complete' }] },
  { steps: [{ answer: 'in-progress', retryAfterSeconds: 'soon' }, { answer: 'complete' }] },
  { steps: [{ answer: 'complete', delayMs: 700 }] },
  { steps: [{ answer: 'status', status: 404 }] },
] as const;
const out = {
  steps: [{ answer: 'in-progress', fault: 'reset', times: 2 }, { answer: 'complete' }],
} as const;

const isOut = (beat: number): boolean => beat % 150 >= 30 && beat % 150 < 45;

/** Files that expire within the hour, or within the minute, and that somebody has to load first. */
const shortLived = (beat: number) =>
  oracleExport({ polls: 1, expiresInSeconds: beat % 8 === 0 ? 1800 : 45 });
const toBeLoaded = { requiredSubscribers: ['loader'], deleteOnAcknowledge: true };

async function beatAll(fleet: Fleet, over: AbortSignal): Promise<void> {
  const [moody, shaky] = fleet.moreProviders as [Simulator, Simulator];
  const jobs: Job[] = [];
  const toLoad: Job[] = [];
  const begin = async (simulator: Simulator, credential: string, script: object, more = {}) => {
    const { statusUrl } = simulator.createExport(script as ReturnType<typeof oracleExport>);
    const job = await fleet.register({ statusUrl, credential, retryAfter: '1', ...more });
    (more === toBeLoaded ? toLoad : jobs).push(job);
  };
  for (let beat = 0; !over.aborted; beat += 1) {
    await begin(fleet.simulator, 'oracle', well(2 + (beat % 7)));
    if (beat % 4 === 0) await begin(fleet.simulator, 'oracle', shortLived(beat), toBeLoaded);
    await begin(moody, 'provider-0', moods[beat % moods.length] ?? moods[0]);
    // It goes out for all exports at once, so that nothing in between counts as being back.
    if (isOut(beat)) await begin(shaky, 'provider-1', out);
    else if (beat % 2 === 0)
      await begin(shaky, 'provider-1', moods[(beat / 2) % moods.length] ?? moods[0]);
    await byHand(fleet.apiUrl, shaky.origin, jobs, beat);
    if (beat % 12 === 11)
      await call(fleet.apiUrl, `/v1/jobs/${toLoad.at(-2)?.id}/acknowledge`, 'POST', {
        subscriber: 'loader',
      });
    await pause(beatMs, over);
  }
}

async function call(apiUrl: string, path: string, method = 'GET', body?: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
  await (await fetch(`${apiUrl}${path}`, init)).text();
}

/** What callers do besides registering, and what they may not. */
async function byHand(
  apiUrl: string,
  origin: string,
  jobs: readonly Job[],
  beat: number,
): Promise<void> {
  const latest = jobs.at(-1)?.id ?? '';
  await call(apiUrl, `/v1/jobs/${latest}`);
  if (beat % 3 === 0) await call(apiUrl, '/v1/jobs?limit=20');
  if (beat % 5 === 0) await call(apiUrl, `/v1/jobs/${randomUUID()}`);
  if (beat % 7 === 0)
    await call(apiUrl, '/v1/jobs', 'POST', { statusUrl: 'https://elsewhere.example.org/1' });
  if (beat % 8 === 1) await call(apiUrl, `/v1/jobs/${jobs.at(-2)?.id}?wait=1`);
  if (beat % 10 === 2) await call(apiUrl, `/v1/jobs/${latest}/pause`, 'POST');
  if (beat % 10 === 3)
    await call(apiUrl, '/v1/jobs/actions', 'POST', {
      action: 'resume',
      filter: { health: 'paused' },
    });
  if (beat % 10 === 4) await call(apiUrl, `/v1/jobs/${latest}/poll`, 'POST', { force: true });
  if (beat % 15 === 5) await call(apiUrl, `/v1/jobs/${latest}?provider=true`, 'DELETE');
  if (beat % 15 === 6)
    await fetch(`${apiUrl}/v1/jobs`, { headers: { 'x-forwarded-for': '192.0.2.1' } });
  const provider = encodeURIComponent(origin);
  if (beat % 200 === 110) await call(apiUrl, `/v1/providers/${provider}/pause`, 'POST');
  if (beat % 200 === 140) await call(apiUrl, `/v1/providers/${provider}/resume`, 'POST');
}

/** One connection for events that stays, and one that hangs up again and again. */
async function listen({ apiUrl }: Fleet, over: AbortSignal): Promise<void> {
  const hold = async (forMs: number) => {
    const hangUp = new AbortController();
    const end = pause(forMs, over).then(() => hangUp.abort());
    const reading = fetch(`${apiUrl}/v1/events`, { signal: hangUp.signal }).then((response) =>
      response.text(),
    );
    await reading.catch((error: unknown) => {
      if (!hangUp.signal.aborted) throw error;
    });
    await end;
  };
  const staying = hold(3_600_000);
  while (!over.aborted) await hold(3000);
  await staying;
}

/** One group acknowledges what it reads, another one reads less than is told, and forgets some of it. */
async function readInGroups({ redis }: Fleet, over: AbortSignal): Promise<void> {
  const stream = '{bulkwatch}:events';
  const client = new Redis(redis.url);
  try {
    for (const group of ['loader', 'archive'])
      await client.xgroup('CREATE', stream, group, '$', 'MKSTREAM');
    for (let beat = 0; !over.aborted; beat += 1) {
      const read = (group: string, count: number) =>
        client.xreadgroup('GROUP', group, 'one', 'COUNT', count, 'STREAMS', stream, '>');
      const entries = ((await read('loader', 100)) ?? []).flatMap(([, items]) => items);
      if (entries.length > 0) await client.xack(stream, 'loader', ...entries.map(([id]) => id));
      if (beat % 10 === 0) await read('archive', 5);
      await pause(200, over);
    }
  } finally {
    client.disconnect();
  }
}

const pause = (ms: number, over: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      over.removeEventListener('abort', done);
      resolve();
    }
    over.addEventListener('abort', done);
  });
