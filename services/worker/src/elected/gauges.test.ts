import { labelValues } from '@bulkwatch/contract';
import { createMetrics } from '@bulkwatch/runtime';
import type { ProviderFigures } from '@bulkwatch/store';
import { describe, expect, it } from 'vitest';
import { setFleetGauges } from './fleet-gauges.js';
import { setProviderGauges } from './provider-gauges.js';

const provider = (name: string, changes: Partial<ProviderFigures> = {}): ProviderFigures => ({
  origin: `https://${name}.example`,
  openJobCount: 10,
  inFlightCount: 2,
  limits: { concurrency: 8, perSecond: 5, burst: 5 },
  rampConcurrency: null,
  circuit: 'closed',
  openUntil: null,
  waitUntil: null,
  retryAfterMs: null,
  answerMs: null,
  pausedAt: null,
  pausedBy: null,
  polls: [],
  ...changes,
});

const queue = { waiting: 1, prioritized: 2, delayed: 3, active: 4 };
const fleet: Parameters<typeof setFleetGauges>[1] = {
  now: 0,
  jobsByState: {
    registered: 1,
    'in-progress': 2,
    completed: 3,
    failed: 4,
    cancelled: 5,
    abandoned: 6,
  },
  openJobsByHealth: {
    ok: 1,
    'rate-limited': 2,
    unreachable: 3,
    'auth-blocked': 4,
    'provider-error': 5,
    stalled: 6,
    paused: 7,
  },
  oldestOpenJobAgeMs: 90_000,
  overdueCount: 8,
  dueCounts: { '1m': 1, '5m': 2, '15m': 3 },
  providersOut: 1,
  pauseCount: 2,
  expiringCounts: { '1h': 1, '6h': 2, '24h': 3 },
  oldestOverdueAgeMs: 1_500,
  queues: { 'wake-ups': queue, webhooks: queue },
  memory: { usedBytes: 250, limitBytes: 1_000, machineBytes: 5_000 },
};

function setup() {
  const metrics = createMetrics({ service: 'worker', labelValues });
  const series = async (prefix: string): Promise<string[]> =>
    (await metrics.registry.metrics())
      .split('\n')
      .filter((line) => line.startsWith(`bulkwatch_${prefix}`))
      .map((line) => line.slice(`bulkwatch_${prefix}`.length));
  return { metrics, series };
}

describe('the gauges of providers', () => {
  it('tell each of those with the most jobs, and the others together', async () => {
    const { metrics, series } = setup();
    const most = [
      provider('a', { rampConcurrency: 1, retryAfterMs: 600_000, circuit: 'half-open' }),
      provider('b', { polls: [['timed-out', 4]] }),
    ];
    const others = [provider('c', { pausedAt: '2026-11-23T00:00:00.000Z' }), provider('d')];
    setProviderGauges(metrics, { most, others });

    const [a, b, other] = ['https://a.example', 'https://b.example', 'other'].map(
      (name) => `provider="${name}"`,
    );
    expect(await series('provider_open_jobs')).toEqual([`{${a}} 10`, `{${b}} 10`, `{${other}} 20`]);
    expect(await series('provider_requests_in_flight')).toContain(`{${other}} 4`);
    expect(await series('provider_circuit_open')).toEqual([`{${a}} 1`, `{${b}} 0`, `{${other}} 0`]);
    expect(await series('provider_paused')).toEqual([`{${a}} 0`, `{${b}} 0`, `{${other}} 1`]);
    expect(await series('provider_request_limit')).toEqual([`{${a}} 1`, `{${b}} 8`]);
    expect(await series('provider_retry_after_seconds')).toEqual([`{${a}} 600`, `{${b}} 0`]);
    expect(await series('provider_polls_total')).toEqual([
      `{${a},kind="in-progress"} 0`,
      `{${a},kind="complete"} 0`,
      `{${b},kind="in-progress"} 0`,
      `{${b},kind="complete"} 0`,
      `{${b},kind="timed-out"} 4`,
    ]);
  });
});

describe('the gauges of the fleet', () => {
  it('have a series for each closed label value, in seconds and bytes', async () => {
    const { metrics, series } = setup();
    setFleetGauges(metrics, fleet);

    expect(await series('jobs{')).toHaveLength(6);
    expect(await series('jobs_by_health')).toHaveLength(7);
    expect(await series('queue_entries')).toHaveLength(8);
    expect(await series('due_jobs')).toEqual([
      '{within="1m"} 1',
      '{within="5m"} 2',
      '{within="15m"} 3',
    ]);
    expect(await series('oldest_open_job_age_seconds')).toEqual([' 90']);
    expect(await series('oldest_overdue_age_seconds')).toEqual([' 1.5']);
  });

  it.each([
    ['of its limit', { usedBytes: 250, limitBytes: 1_000, machineBytes: 5_000 }, ['0.75']],
    ['of the machine', { usedBytes: 250, limitBytes: 0, machineBytes: 5_000 }, ['0.95']],
    ['of nothing known', { usedBytes: 250, limitBytes: 0, machineBytes: 0 }, []],
    ['of a Redis beyond it', { usedBytes: 1_100, limitBytes: 1_000, machineBytes: 5_000 }, ['0']],
    [
      'of one that does not tell',
      { usedBytes: undefined, limitBytes: undefined, machineBytes: undefined },
      [],
    ],
  ])('tell the head-room %s', async (_what, memory, expected) => {
    const { metrics, series } = setup();
    setFleetGauges(metrics, { ...fleet, memory });

    expect(await series('redis_memory_headroom_ratio ')).toEqual(expected);
  });
});
