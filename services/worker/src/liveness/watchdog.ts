import type { Clock, HealthReport } from '@bulkwatch/runtime';
import type { ReadyQueues, Store } from '@bulkwatch/store';
import { againAndAgain, type Repeated } from '../again-and-again.js';
import type { Reader } from '../reader.js';
import { answerInTime } from '../redis-answers.js';
import {
  type DeathCause,
  type Judgement,
  judgeEngine,
  type Look,
  type Patience,
} from './judge-engine.js';
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
/** A thread that reads for so long never ends: a manifest takes it seconds, and a reading longer than that is given up. */
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
  const judgements = new Map<keyof ReadyQueues, Judgement>();
  const askWhatIsReady = onceAtATime(() => options.store.readyQueues());
  let lookedAtMs = clock.monotonicMs();

  const lookAt = (watched: Watched, ready: ReadyQueues | undefined): void => {
    const { queue, inHandMaxMs, concurrency } = watched;
    const engine = watched.engine();
    if (!engine) return;
    const seen: Look = {
      atMs: clock.monotonicMs(),
      answeredAtMs: engine.pulse.answeredAtMs,
      fetchedAtMs: engine.pulse.fetchedAtMs,
      isRedisWell: ready !== undefined,
      hasReadyEntries: ready?.[queue] ?? false,
      hasFreePlace: engine.pulse.inHandCount(inHandMaxMs) < concurrency,
    };
    const judgement = judgeEngine(judgements.get(queue)?.watch, seen, patience);
    judgements.set(queue, judgement);
    if (!judgement.dead) return;
    options.onDead(queue, judgement.dead);
    engine.renew();
  };

  const look = async (): Promise<void> => {
    // Redis that says nothing in time is not well.
    const ready = await answerInTime(askWhatIsReady(), clock, lookMaxMs);
    for (const watched of engines) lookAt(watched, ready);
    lookedAtMs = clock.monotonicMs();
    options.onLook([...judgements.values()].some(({ stuck }) => stuck !== undefined));
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
        reader: within(readingMaxMs, 'has ended nothing', options.reader.busyForMs()),
        ...Object.fromEntries(engines.map(({ queue }) => [queue, say(judgements.get(queue))])),
      };
      return { ok: Object.values(checks).every((check) => check === 'ok'), checks };
    },
  };
}

/** A question that waits for Redis is not asked again meanwhile: all of them would be answered when it is back. */
function onceAtATime<T>(question: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () =>
    (asked ??= question().finally(() => {
      asked = undefined;
    }));
}

const within = (maxMs: number, what: string, ms: number): string =>
  ms <= maxMs ? 'ok' : `${what} for ${Math.round(ms / 1_000)} s`;

const say = (judgement: Judgement | undefined): string =>
  judgement?.stuck ? why[judgement.stuck] : 'ok';
