import { defaultTenant } from '@bulkwatch/contract';
import { type Clock, createFloodGate, type Logger, type Metrics } from '@bulkwatch/runtime';
import type { EventGroupFigures, EventStreamFigures } from '@bulkwatch/store';
import type { FiguresByTenant } from './event-trimmer.js';

type StreamMetrics = Pick<
  Metrics<'worker'>,
  | 'eventStreamLength'
  | 'eventStreamAgeSeconds'
  | 'eventGroupUndelivered'
  | 'eventGroupPending'
  | 'eventGroupNeededAgeSeconds'
  | 'eventGroupHeadroomRatio'
  | 'eventGroupLost'
>;

/** Who subscribes names the groups; beyond this many the metrics do not tell them apart. */
const groupsTold = 50;
/** A group below it is named in the log, once in each while: metrics know no tenants. */
const headroomLow = 0.4;
const logEveryMs = 600_000;
const logSourcesMax = 1_000;
/** Six times what lies between two looks. */
const oldMs = 60_000;

/** Tells how the event streams and their groups are. */
export interface EventStreamReporter {
  /** Notes how they are after they were trimmed, and names in the log who is far behind. */
  trimmed(figures: FiguresByTenant): void;
  /** Tells in the metrics what was noted last, unless that is too old. */
  tell(): void;
}

export function createEventStreamReporter({
  logger,
  metrics,
  clock,
}: {
  logger: Logger;
  metrics: StreamMetrics;
  clock: Pick<Clock, 'monotonicMs'>;
}): EventStreamReporter {
  const gate = createFloodGate(clock, { everyMs: logEveryMs, sourcesMax: logSourcesMax });
  let noted: FiguresByTenant = new Map();
  let notedAtMs = -Infinity;
  return {
    trimmed(figures) {
      [noted, notedAtMs] = [figures, clock.monotonicMs()];
      for (const [tenant, { groups }] of figures)
        for (const { name: group, headroom, lostCount } of groups)
          if (headroom < headroomLow && gate(`${tenant} ${group}`) !== undefined)
            logger.warn({ tenant, group, headroom, lostCount }, 'a consumer group is far behind');
    },
    tell() {
      if (clock.monotonicMs() - notedAtMs < oldMs) setGauges(metrics, noted);
    },
  };
}

function setGauges(metrics: StreamMetrics, figures: FiguresByTenant): void {
  const house = figures.get(defaultTenant);
  const tenants = [...figures].flatMap(([tenant, one]) => (tenant === defaultTenant ? [] : [one]));
  setStreams(metrics, { house: house ? [house] : [], tenants });
  setGroups(metrics, [
    ...byName(house?.groups ?? []).map(([group, found]) => ['house', group, found] as const),
    ['tenants', 'any', tenants.flatMap(({ groups }) => groups)],
  ]);
}

function setStreams(
  metrics: StreamMetrics,
  streams: Readonly<Record<'house' | 'tenants', readonly EventStreamFigures[]>>,
): void {
  for (const stream of ['house', 'tenants'] as const) {
    metrics.eventStreamLength.set(
      { stream },
      highest(streams[stream], ({ length }) => length),
    );
    const ageMs = highest(streams[stream], ({ oldestAgeMs }) => oldestAgeMs);
    metrics.eventStreamAgeSeconds.set({ stream }, ageMs / 1000);
  }
}

type Series = readonly ['house' | 'tenants', group: string, groups: readonly EventGroupFigures[]];

/** The worst of what each series stands for. A group that is gone has none any more. */
function setGroups(metrics: StreamMetrics, series: readonly Series[]): void {
  metrics.eventGroupUndelivered.reset();
  metrics.eventGroupPending.reset();
  metrics.eventGroupNeededAgeSeconds.reset();
  metrics.eventGroupHeadroomRatio.reset();
  metrics.eventGroupLost.reset();
  for (const [stream, group, groups] of series) {
    if (groups.length === 0) continue;
    const labels = { stream, group };
    if (groups.every(({ undeliveredCount }) => undeliveredCount !== undefined))
      metrics.eventGroupUndelivered.set(
        labels,
        highest(groups, ({ undeliveredCount }) => undeliveredCount ?? 0),
      );
    metrics.eventGroupPending.set(
      labels,
      highest(groups, ({ pendingCount }) => pendingCount),
    );
    const ageMs = highest(groups, ({ oldestNeededAgeMs }) => oldestNeededAgeMs ?? 0);
    metrics.eventGroupNeededAgeSeconds.set(labels, ageMs / 1000);
    metrics.eventGroupHeadroomRatio.set(
      labels,
      Math.min(...groups.map(({ headroom }) => headroom)),
    );
    metrics.eventGroupLost.set(
      labels,
      groups.reduce((sum, { lostCount }) => sum + lostCount, 0),
    );
  }
}

/** The first groups by name, each alone, and the others together. */
function byName(groups: readonly EventGroupFigures[]): (readonly [string, EventGroupFigures[]])[] {
  const sorted = groups.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const told = sorted
    .slice(0, groupsTold)
    .map((group): readonly [string, EventGroupFigures[]] => [group.name, [group]]);
  const others = sorted.slice(groupsTold);
  return others.length === 0 ? told : [...told, ['other', others]];
}

function highest<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((most, item) => Math.max(most, of(item)), 0);
}
