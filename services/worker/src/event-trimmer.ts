import type { Clock } from '@bulkwatch/runtime';
import type { EventRetention, EventStreamFigures, EventStreams } from '@bulkwatch/store';
import { againAndAgain, type Repeated } from './again-and-again.js';

/** The streams after they were trimmed, by tenant. */
export type FiguresByTenant = ReadonlyMap<string, EventStreamFigures>;

export interface EventTrimmerOptions {
  readonly streams: EventStreams;
  readonly retention: EventRetention;
  readonly clock: Clock;
  readonly dice: () => number;
  readonly onTrimmed: (figures: FiguresByTenant) => void;
  readonly onProblem: (what: string, error: unknown) => void;
}

/** About as often as somebody scrapes what it finds. */
const intervalMs = 10_000;
/** Between two steps in one stream, so that Redis serves others in between. */
const breathMs = 20;
/** Of one stream in one go, after which the others have their turn: 200,000 entries. */
const stepsMax = 200;

/**
 * Keeps the event streams short, again and again, as far as their subscribers have got. Every worker has one; two that meet
 * do no harm, since each step is a script that looks anew how far the groups are.
 */
export function createEventTrimmer(options: EventTrimmerOptions): Repeated {
  const { streams, retention, clock, dice, onTrimmed, onProblem } = options;

  const trim = async (tenant: string, signal: AbortSignal): Promise<EventStreamFigures> => {
    let figures = await streams.trim(tenant, retention);
    for (let step = 1; step < stepsMax && figures.trimmedCount > 0; step += 1) {
      await clock.sleep(breathMs, signal);
      if (signal.aborted) return figures;
      figures = await streams.trim(tenant, retention);
    }
    return figures;
  };

  return againAndAgain({
    clock,
    intervalMs,
    // Whoever scrapes wants figures from the beginning.
    atOnce: true,
    dice,
    async run(signal) {
      const found = new Map<string, EventStreamFigures>();
      for (const tenant of await streams.tenants()) {
        if (signal.aborted) return;
        found.set(tenant, await trim(tenant, signal));
      }
      onTrimmed(found);
    },
    onProblem: (error) => onProblem('event trimming', error),
  });
}
