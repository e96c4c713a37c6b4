import type { Clock, HealthReport } from '@bulkwatch/runtime';
import type { ReadyQueues, Store } from '@bulkwatch/store';
import { againAndAgain, type Repeated } from '../again-and-again.js';
import type { Reader } from '../reader.js';
import { type DeathCause, type Judgement, judgeEngine, type Patience } from './judge-engine.js';
import type { RenewableEngine } from './renewable-engine.js';

/** An engine that is watched. */
export interface Watched {
  readonly queue: keyof ReadyQueues;
  /** Undefined until it is needed. */
  readonly engine: () => Pick<RenewableEngine, 'pulse' | 'renew'> | undefined;
  readonly concurrency: number;
  /** What is in hand for longer than this, in ms, never ends. */
  readonly inHandMaxMs: number;
}

export interface WatchdogOptions {
  readonly store: Pick<Store, 'readyQueues'>;
  readonly clock: Clock;
  readonly dice: () => number;
  readonly engines: readonly Watched[];
  readonly reader: Pick<Reader, 'busyForMs'>;
  readonly patience: Pick<Patience, 'idleMs' | 'silentMs'>;
  /** Told of an engine that is dead, and made anew. */
  readonly onDead: (queue: keyof ReadyQueues, dead: NonNullable<Judgement['dead']>) => void;
  /** Told after each look whether an engine is dead that was made anew. */
  readonly onLook: (isStuck: boolean) => void;
  readonly onProblem: (what: string, error: unknown) => void;
}

/** Sees that the engines fetch what is there, and makes those that do not anew. */
export interface Watchdog extends Repeated {
  /** For `/livez`: as it was at the last look, so that it asks nobody. */
  report(): HealthReport;
}

/** So many looks fit into the patience, so that it is not much longer than it says. */
const looksWithin = 6;
/** Longest wait for a look at the queues: Redis that answers no sooner is not well. */
const lookMaxMs = 2_000;
/** An answer that has been with the reading thread for so long never leaves it: it takes seconds. */
const readingMaxMs = 5 * 60_000;
/** A watchdog that has not looked for so many intervals is dead itself. */
const missedLooks = 6;

const why: Record<DeathCause, string> = {
  idle: 'fetches nothing, though entries wait',
  silent: 'asks Redis for nothing, or has no answer',
};

export function createWatchdog({ clock, engines, ...options }: WatchdogOptions): Watchdog {
  const intervalMs = options.patience.idleMs / looksWithin;
  const patience: Patience = { ...options.patience, gapMs: missedLooks * intervalMs + lookMaxMs };
  const verdicts = new Map<keyof ReadyQueues, Judgement & { readonly cause?: DeathCause }>();
  let lookedAtMs = clock.monotonicMs();
  let asked: Promise<ReadyQueues | undefined> | undefined;

  /** A question that waits for Redis is not asked again meanwhile: all of them would be answered when it is back. */
  const ask = (): Promise<ReadyQueues | undefined> => {
    asked ??= options.store
      .readyQueues()
      .catch(() => undefined)
      .finally(() => {
        asked = undefined;
      });
    return asked;
  };

  const look = async (): Promise<void> => {
    const ready = await unlessLate(ask(), clock);
    for (const watched of engines) {
      const engine = watched.engine();
      if (!engine) continue;
      const { pulse } = engine;
      const before = verdicts.get(watched.queue);
      const judgement = judgeEngine(
        before?.watch,
        {
          atMs: clock.monotonicMs(),
          answeredAtMs: pulse.answeredAtMs,
          fetchedAtMs: pulse.fetchedAtMs,
          isRedisWell: ready !== undefined,
          hasReadyEntries: ready?.[watched.queue] ?? false,
          hasFreePlace: pulse.inHandCount(watched.inHandMaxMs) < watched.concurrency,
        },
        patience,
      );
      const cause = judgement.dead?.cause ?? before?.cause;
      verdicts.set(watched.queue, { ...judgement, ...(cause && { cause }) });
      if (!judgement.dead) continue;
      options.onDead(watched.queue, judgement.dead);
      engine.renew();
    }
    lookedAtMs = clock.monotonicMs();
    options.onLook([...verdicts.values()].some(({ isStuck }) => isStuck));
  };

  return {
    ...againAndAgain({
      run: look,
      clock,
      intervalMs,
      dice: options.dice,
      onProblem: (error) => options.onProblem('watchdog', error),
    }),
    report() {
      const checks = {
        watchdog: within(patience.gapMs, 'has not looked', clock.monotonicMs() - lookedAtMs),
        reader: within(readingMaxMs, 'has read one answer', options.reader.busyForMs()),
        ...Object.fromEntries(engines.map(({ queue }) => [queue, say(verdicts.get(queue))])),
      };
      return { ok: Object.values(checks).every((check) => check === 'ok'), checks };
    },
  };
}

/** The answer, unless it is late: Redis that says nothing in time is not well. */
async function unlessLate<T>(
  answer: Promise<T>,
  clock: Pick<Clock, 'sleep'>,
): Promise<T | undefined> {
  const answered = new AbortController();
  const late = clock.sleep(lookMaxMs, answered.signal).then(() => undefined);
  return Promise.race([answer, late]).finally(() => answered.abort());
}

const within = (maxMs: number, what: string, ms: number): string =>
  ms <= maxMs ? 'ok' : `${what} for ${Math.round(ms / 1_000)} s`;

function say(verdict: { readonly isStuck: boolean; readonly cause?: DeathCause } | undefined) {
  return verdict?.isStuck && verdict.cause ? why[verdict.cause] : 'ok';
}
