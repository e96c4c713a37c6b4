import type { Clock } from '@bulkwatch/runtime';
import {
  type EventRetention,
  type EventStreamFigures,
  type EventStreams,
  StoreUnavailableError,
} from '@bulkwatch/store';
import { againAndAgain, type Repeated } from '../again-and-again.js';

/** The streams after they were trimmed, by tenant. */
export type FiguresByTenant = ReadonlyMap<string, EventStreamFigures>;

export interface EventTrimmerOptions {
  readonly streams: EventStreams;
  readonly retention: EventRetention;
  /** Whether it is to be done here, asked each time. */
  readonly isDue: () => Promise<boolean>;
  readonly clock: Clock;
  readonly dice: () => number;
  readonly onTrimmed: (figures: FiguresByTenant) => void;
  readonly onProblem: (what: string, error: unknown) => void;
}

/** About as often as somebody scrapes what it finds. */
const intervalMs = 10_000;
/** Between two steps in one stream, so that Redis serves others in between: a step over many groups takes it a while. */
const breathMs = 20;
const breathPerStep = 4;
const longestBreathMs = 2_000;
/** Of one stream in one go, after which the others have their turn: 200,000 entries. */
const stepsMax = 200;

/**
 * Keeps the event streams short, again and again, as far as their subscribers have got. Two that meet do no harm, since each
 * step is a script that looks anew how far the groups are.
 */
export function createEventTrimmer(options: EventTrimmerOptions): Repeated {
  const { streams, retention, isDue, clock, dice, onTrimmed, onProblem } = options;

  const trim = async (tenant: string, signal: AbortSignal): Promise<EventStreamFigures> => {
    for (let step = 1; ; step += 1) {
      const begunAt = clock.monotonicMs();
      const figures = await streams.trim(tenant, retention);
      if (step === stepsMax || figures.trimmedCount === 0) return figures;
      const restMs = breathPerStep * (clock.monotonicMs() - begunAt);
      await clock.sleep(Math.min(Math.max(breathMs, restMs), longestBreathMs), signal);
      if (signal.aborted) return figures;
    }
  };

  return againAndAgain({
    clock,
    intervalMs,
    // Whoever scrapes wants figures from the beginning.
    atOnce: true,
    dice,
    async run(signal) {
      if (!(await isDue())) return;
      const found = new Map<string, EventStreamFigures>();
      for (const tenant of await streams.tenants()) {
        if (signal.aborted) return;
        try {
          found.set(tenant, await trim(tenant, signal));
        } catch (error) {
          if (error instanceof StoreUnavailableError) throw error;
          // A stream that somebody has damaged keeps no other from being trimmed.
          onProblem('event trimming', new Error(`tenant ${tenant}`, { cause: error }));
        }
      }
      onTrimmed(found);
    },
    onProblem: (error) => onProblem('event trimming', error),
  });
}
