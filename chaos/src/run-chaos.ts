import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { checkCallers } from './checkers/check-callers.js';
import { checkLists } from './checkers/check-lists.js';
import { checkManners } from './checkers/check-manners.js';
import { checkPace } from './checkers/check-pace.js';
import { checkQueue } from './checkers/check-queue.js';
import { checkSubscribers } from './checkers/check-subscribers.js';
import { checkZombies } from './checkers/check-zombies.js';
import type { Finding } from './checkers/finding.js';
import { type History, readHistory } from './checkers/history.js';
import { collectMetrics } from './evidence/collect-metrics.js';
import type { Dump } from './evidence/dump.js';
import { scanEverything } from './evidence/scan-everything.js';
import { createSecretScan } from './evidence/secret-scan.js';
import { tellOfViolations } from './evidence/tell-of-violations.js';
import type { MemorySlope } from './evidence/watch-memory.js';
import type { Fault, FaultContext } from './fault.js';
import { limits } from './house/house-settings.js';
import { createOperators } from './load/operate.js';
import { runLoad } from './load/run-load.js';
import { watchList } from './load/watch-list.js';
import { runNemesis } from './nemesis/run-nemesis.js';
import { settle } from './settle.js';
import { openStage, type Stage, type StageOptions } from './stage.js';
import type { Subject } from './subject.js';

export interface ChaosOptions extends StageOptions {
  /** How long faults are injected and jobs registered. */
  readonly forMs: number;
  readonly jobs: number;
  /** How long it may take afterwards until nothing is left to do. */
  readonly settleMs: number;
  readonly faults: readonly Fault[];
  /** Told now and then how far it is. */
  readonly say: (text: string) => void;
  /** Cuts the run short: what was begun is healed and ended. */
  readonly signal: AbortSignal;
}

/** What a run left behind, for the checkers and for whoever looks into it. */
export interface ChaosRun {
  readonly history: History;
  readonly dump: Dump;
  readonly findings: readonly Finding[];
  readonly memory: Readonly<Record<string, MemorySlope>>;
  /** Version of Redis. */
  readonly redis: string;
  /** Faults that had to happen: all of them, where there was time. */
  readonly planned: readonly string[];
}

/** In how much time a fault has had its turn. */
const turnMs = 15_000;
/** How long subscribers may take to catch up once all jobs are settled. */
const catchUpMs = 240_000;

/**
 * Plays a run: registers jobs while faults come and go, heals everything, waits until nothing is left to do, and has the checkers look
 * at what is there. Ends every process that it started, however it ends. Rejects where the house cannot be started, or the signal aborts.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosRun> {
  // Each job that an operator looks at waits for it.
  setMaxListeners(0, options.signal);
  const stage = await openStage(options);
  try {
    await play(stage, options);
    options.signal.throwIfAborted();
    return await look(stage, options);
  } finally {
    await stage.close();
  }
}

/** Load and faults, side by side. */
async function play(stage: Stage, options: ChaosOptions): Promise<void> {
  const { ledger, provider, house, callApi, secrets } = stage;
  const { jobs, forMs, signal, say } = options;
  const { apiKeys } = house;
  const ended = new AbortController();
  const over = AbortSignal.any([signal, ended.signal]);
  const lists = watchList(callApi, apiKeys, ledger);
  const operators = createOperators({ dice: stage.dice('operators'), ledger, callApi, signal });
  const playing = Promise.all([
    runLoad({
      callApi,
      ledger,
      provider,
      apiKeys,
      jobs,
      forMs,
      signal,
      urlToken: secrets.urlToken,
      dice: stage.dice('load'),
      operate: options.subject.isWhole ? operators.operate : () => undefined,
      onRegistered: lists.expect,
    }),
    runNemesis({
      dice: stage.dice('nemesis'),
      faults: options.faults,
      forMs,
      context: contextOf(stage, signal),
      ledger,
      signal,
    }),
  ]);
  const everyMs = Math.min(30_000, forMs / 4);
  const watching = options.subject.isWhole ? lists.run(everyMs, over) : undefined;
  const collecting = collectNowAndThen(stage, options.folder, everyMs, over);
  say(`${jobs} jobs and ${options.faults.length} kinds of faults in ${Math.round(forMs / 1000)} s`);
  await playing;
  provider.calm();
  await house.mend();
  await operators.settled();
  ended.abort();
  await Promise.all([watching, collecting]);
}

async function collectNowAndThen(
  { house }: Stage,
  folder: string,
  everyMs: number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await delay(everyMs, undefined, { signal }).catch(() => undefined);
    await collectMetrics(house.parts, join(folder, 'metrics'));
  }
}

function contextOf({ house, provider, ledger, dice }: Stage, signal: AbortSignal): FaultContext {
  return {
    dice: dice('faults'),
    redis: house.redis,
    workers: () => house.workers,
    api: () => house.api,
    subscribers: () => house.subscribers,
    provider,
    apiUrl: house.apiUrl,
    apiKeys: house.apiKeys,
    violation: (key) => ledger.note({ who: 'harness', op: 'complaint', type: 'fail', key }),
    ended(key, status) {
      if (status !== null)
        ledger.note({ who: 'harness', op: 'answer', type: 'ok', key, value: { status } });
    },
    sleep: (ms) => delay(ms, undefined, { signal }).catch(() => undefined),
  };
}

async function look(
  stage: Stage,
  { subject, settleMs, say, forMs, faults, folder, signal }: ChaosOptions,
): Promise<ChaosRun> {
  const { ledger, redis, callApi, house, subscribers, memory } = stage;
  say('everything is healed');
  const settled = await settle(
    { subject, redis, callApi, apiKeys: house.apiKeys },
    settleMs,
    signal,
  );
  say(settled ? 'all jobs are settled' : 'there are jobs that do not settle');
  const dump = await readDumpAtRest(stage, subject);
  const lines = ledger.lines();
  const history = readHistory(lines);
  const seen = await caughtUp(subscribers, dump, signal);
  await collectMetrics(house.parts, join(folder, 'metrics'));
  const scan = createSecretScan(stage.canaries);
  await scanEverything(scan, { house, redis, folder });
  const findings = [...judge(history, dump, stage.providerConcurrency), seen, scan.finding()];
  const violations = findings.flatMap((finding) => finding.violations);
  for (const job of await tellOfViolations(violations, { redis, dump, lines, folder }))
    say(JSON.stringify(job));
  const planned = forMs < faults.length * turnMs ? [] : faults.map(({ name }) => name);
  const [, version = ''] = /redis_version:(\S+)/.exec(await redis.info('server')) ?? [];
  return { history, dump, findings, memory: memory.stop(), planned, redis: version };
}

/** How long what looks like a zombie may turn out to be a wake-up that is about to be dropped. */
const restMs = 10_000;

/** What Redis holds once it holds no zombies, or when these have stayed. */
async function readDumpAtRest({ redis }: Stage, subject: Subject): Promise<Dump> {
  const untilMs = performance.now() + restMs;
  for (;;) {
    const dump = await subject.readDump(redis);
    if (checkZombies(dump).violations.length === 0 || performance.now() > untilMs) return dump;
    await delay(1_000);
  }
}

/** What the checkers say that need nothing but the ledger and what Redis held. */
const judge = (history: History, dump: Dump, providerConcurrency: number): Finding[] => [
  checkQueue(history, dump),
  checkPace(history, dump),
  checkManners(history, {
    providerConcurrency,
    requestBudgetMs: limits.requestTimeoutMs + limits.sendBudgetMs,
  }),
  checkZombies(dump),
  checkLists(history),
  checkCallers(history),
];

/** What the subscribers have seen once they have seen everything, or time is up. */
async function caughtUp(
  subscribers: Stage['subscribers'],
  dump: Dump,
  signal: AbortSignal,
): Promise<Finding> {
  const untilMs = performance.now() + catchUpMs;
  for (;;) {
    const finding = checkSubscribers(
      subscribers.map((one) => ({ ...one, seen: one.seen() })),
      dump,
    );
    const isOwed = finding.violations.some(({ figure }) => figure === 'unseen');
    if (!isOwed || performance.now() > untilMs) return finding;
    await delay(1_000, undefined, { signal });
  }
}
