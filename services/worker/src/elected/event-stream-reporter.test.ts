import { labelValues } from '@bulkwatch/contract';
import { createLogger, createMetrics } from '@bulkwatch/runtime';
import type { EventGroupFigures, EventStreamFigures } from '@bulkwatch/store';
import { manualClock } from '@bulkwatch/testkit';
import { describe, expect, it } from 'vitest';
import { createEventStreamReporter } from './event-stream-reporter.js';
import type { FiguresByTenant } from './event-trimmer.js';

const group = (name: string, changes: Partial<EventGroupFigures> = {}): EventGroupFigures => ({
  name,
  pendingCount: 1,
  undeliveredCount: 2,
  oldestNeededAgeMs: 3_000,
  headroom: 0.9,
  lostCount: 0,
  ...changes,
});

const streamWith = (...groups: EventGroupFigures[]): EventStreamFigures => ({
  trimmedCount: 0,
  length: 100,
  oldestAgeMs: 5_000,
  groups,
});

function setup() {
  const lines: string[] = [];
  const logger = createLogger({
    service: 'worker',
    level: 'info',
    destination: { write: (line: string) => void lines.push(line) },
  });
  const metrics = createMetrics({ service: 'worker', labelValues });
  const clock = manualClock(0);
  const reporter = createEventStreamReporter({ logger, metrics, clock });
  const report = (figures: FiguresByTenant): void => {
    reporter.trimmed(figures);
    reporter.tell();
  };
  const series = async (name: string) =>
    (await metrics.registry.metrics())
      .split('\n')
      .filter((line) => line.startsWith(`bulkwatch_event_${name}{`))
      .map((line) => line.replace(/^[^{]+/, ''));
  return { reporter, clock, metrics, report, series, lines };
}

describe('the reporter of event streams', () => {
  it('tells of each group of the house, and of the worst of all tenants', async () => {
    const { report, series, lines } = setup();
    report(
      new Map([
        ['default', streamWith(group('loader'), group('idle', { oldestNeededAgeMs: undefined }))],
        ['acme', streamWith(group('secret', { headroom: 0.5, lostCount: 2 }))],
        ['globex', { ...streamWith(group('loader', { lostCount: 3 })), length: 300 }],
      ]),
    );

    expect(await series('group_headroom_ratio')).toEqual([
      '{stream="house",group="idle"} 0.9',
      '{stream="house",group="loader"} 0.9',
      '{stream="tenants",group="any"} 0.5',
    ]);
    expect(await series('group_lost')).toContain('{stream="tenants",group="any"} 5');
    expect(await series('group_needed_age_seconds')).toContain('{stream="house",group="idle"} 0');
    expect(await series('stream_length')).toEqual([
      '{stream="house"} 100',
      '{stream="tenants"} 300',
    ]);
    expect(lines).toEqual([]);
  });

  it('forgets a group that is gone, and tells not what Redis does not know', async () => {
    const { report, series } = setup();
    report(new Map([['default', streamWith(group('loader'))]]));
    report(new Map([['default', streamWith(group('old', { undeliveredCount: undefined }))]]));

    expect(await series('group_pending')).toEqual(['{stream="house",group="old"} 1']);
    expect(await series('group_undelivered')).toEqual([]);
  });

  it('tells fifty groups apart, and of the others the worst', async () => {
    const { report, series } = setup();
    const many = Array.from({ length: 60 }, (_, n) =>
      group(`g${String(n).padStart(2, '0')}`, { headroom: (64 - n) / 64 }),
    );
    report(new Map([['default', streamWith(...many)]]));

    const found = await series('group_headroom_ratio');
    expect(found).toHaveLength(51);
    expect(found.at(-1)).toBe('{stream="house",group="other"} 0.078125');
  });

  it('names in the log who is far behind, once in a while', () => {
    const { report, lines } = setup();
    const behind = new Map([['acme', streamWith(group('loader', { headroom: 0.2 }))]]);
    report(behind);
    report(behind);

    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      tenant: 'acme',
      group: 'loader',
      headroom: 0.2,
      msg: 'a consumer group is far behind',
    });
  });

  it('tells nothing that is old', async () => {
    const { reporter, clock, metrics, report, series } = setup();
    report(new Map([['default', streamWith(group('loader'))]]));
    metrics.forgetElected();
    expect(await series('stream_length')).toEqual([]);
    reporter.tell();
    expect(await series('stream_length')).toHaveLength(2);

    metrics.forgetElected();
    await clock.advance(60_000);
    reporter.tell();
    expect(await series('stream_length')).toEqual([]);
  });
});
