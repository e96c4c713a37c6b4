import { setTimeout as delay } from 'node:timers/promises';
import { checkLists } from './checkers/check-lists.js';
import { checkManners } from './checkers/check-manners.js';
import { checkPace } from './checkers/check-pace.js';
import { checkQueue } from './checkers/check-queue.js';
import { checkSubscribers } from './checkers/check-subscribers.js';
import { checkZombies } from './checkers/check-zombies.js';
import type { Finding } from './checkers/finding.js';
import { type History, readHistory } from './checkers/history.js';
import type { Dump } from './evidence/dump.js';
import { readDump } from './evidence/read-dump.js';
import type { MemorySlope } from './evidence/watch-memory.js';
import type { Fault, FaultContext } from './fault.js';
import { limits } from './house/house-settings.js';
import { createOperators } from './load/operate.js';
import { runLoad } from './load/run-load.js';
import { watchList } from './load/watch-list.js';
import { planFaults } from './nemesis/plan-faults.js';
import { runNemesis } from './nemesis/run-nemesis.js';
import { settle } from './settle.js';
import { openStage, type Stage, type StageOptions } from './stage.js';

export interface ChaosOptions extends Omit<StageOptions, 'onAnswer'> {
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
  /** Faults that were to happen. */
  readonly planned: readonly string[];
}

/** How long subscribers may take to catch up once all jobs are settled. */
const catchUpMs = 90_000;

/**
 * Plays a run: registers jobs while faults come and go, heals everything, waits until nothing is left to do, and has the checkers look
 * at what is there. Ends every process that it started, however it ends. Rejects where the house cannot be started, or the signal aborts.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosRun> {
  const stage = await openStage({ ...options, onAnswer: () => undefined });
  try {
    const planned = await play(stage, options);
    options.signal.throwIfAborted();
    return await look(stage, planned, options);
  } finally {
    await stage.close();
  }
}

/** Load and faults, side by side. Gives the names of the faults. */
async function play(stage: Stage, options: ChaosOptions): Promise<string[]> {
  const { ledger, provider, house, callApi, secrets } = stage;
  const { jobs, forMs, signal, say } = options;
  const { apiKeys } = house;
  const ended = new AbortController();
  const over = AbortSignal.any([signal, ended.signal]);
  const lists = watchList(callApi, apiKeys, ledger);
  const operators = createOperators({ dice: stage.dice('operators'), ledger, callApi, signal });
  const acts = planFaults(stage.dice('plan'), options.faults, forMs);
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
      operate: operators.operate,
      onRegistered: lists.expect,
    }),
    runNemesis(acts, contextOf(stage, signal), { ledger, signal }),
  ]);
  const watching = lists.run(Math.min(30_000, forMs / 4), over);
  say(`${jobs} jobs, ${acts.length} acts of ${options.faults.length} faults`);
  await playing;
  provider.calm();
  await house.mend();
  await operators.settled();
  ended.abort();
  await watching;
  return acts.flatMap(({ faults }) => faults.map(({ name }) => name));
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
    sleep: (ms) => delay(ms, undefined, { signal }).catch(() => undefined),
  };
}

async function look(
  stage: Stage,
  planned: string[],
  { settleMs, say }: ChaosOptions,
): Promise<ChaosRun> {
  const { ledger, redis, callApi, house, subscribers, memory } = stage;
  say('everything is healed');
  const settled = await settle({ redis, callApi, apiKeys: house.apiKeys }, settleMs);
  say(settled ? 'all jobs are settled' : 'there are jobs that do not settle');
  const dump = await readDump(redis);
  const history = readHistory(ledger.lines());
  const seen = await caughtUp(subscribers, dump);
  return {
    history,
    dump,
    memory: memory.stop(),
    planned,
    findings: [
      checkQueue(history, dump),
      checkPace(history, dump),
      checkManners(history, {
        providerConcurrency: limits.providerConcurrency,
        requestBudgetMs: limits.requestTimeoutMs + limits.sendBudgetMs,
      }),
      checkZombies(dump),
      checkLists(history),
      seen,
      {
        violations: history.complaints.map((what) => ({ figure: 'complaints', what })),
        chances: {},
      },
    ],
  };
}

/** What the subscribers have seen once they have seen everything, or time is up. */
async function caughtUp(subscribers: Stage['subscribers'], dump: Dump): Promise<Finding> {
  const untilMs = performance.now() + catchUpMs;
  for (;;) {
    const finding = checkSubscribers(
      subscribers.map((one) => ({ ...one, seen: one.seen() })),
      dump,
    );
    const isOwed = finding.violations.some(({ figure }) => figure === 'unseen');
    if (!isOwed || performance.now() > untilMs) return finding;
    await delay(1_000);
  }
}
