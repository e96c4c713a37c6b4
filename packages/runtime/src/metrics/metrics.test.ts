import { describe, expect, it } from 'vitest';
import { createMetrics } from './metrics.js';
import { metricsTable } from './metrics-table.js';

const labelValues = {
  reason: ['timed-out', 'provider-error'],
  state: ['registered', 'completed'],
  event: ['completed'],
  anomaly: ['expires-unreadable'],
  health: ['ok'],
  hold: ['pace'],
  action: ['pause'],
  scoredOutcome: ['in-progress'],
};

describe('createMetrics', () => {
  it('has every combination of closed label values at zero from the start', async () => {
    const { registry } = createMetrics({ service: 'worker', labelValues });

    const text = await registry.metrics();

    expect(text).toContain('bulkwatch_polls_total{outcome="complete",reason="none"} 0');
    expect(text).toContain('bulkwatch_polls_total{outcome="poll_failed",reason="timed-out"} 0');
    expect(text).toContain('bulkwatch_claims_total{result="abandoned"} 0');
    expect(text).toContain('bulkwatch_poll_lateness_seconds_count 0');
    expect(text).toContain('bulkwatch_rescues_total 0');
    expect(text.match(/^bulkwatch_polls_total\{/gm)).toHaveLength(18);
  });

  it('has no series of what an elected worker tells until it is set, and none once it is forgotten', async () => {
    const metrics = createMetrics({ service: 'worker', labelValues });
    const elected = metricsTable.filter((row) => 'elected' in row).map(({ name }) => name);
    const series = async () =>
      (await metrics.registry.metrics())
        .split('\n')
        .filter((line) =>
          elected.some((name) => line.startsWith(`${name} `) || line.startsWith(`${name}{`)),
        );
    expect(await series()).toEqual([]);

    metrics.overdueJobs.set(3);
    metrics.jobs.set({ state: 'registered' }, 7);
    for (const count of [5, 2])
      metrics.providerPollsTotal.set(
        { provider: 'https://ehr.example.org', kind: 'complete' },
        count,
      );
    expect(await series()).toEqual([
      'bulkwatch_jobs{state="registered"} 7',
      'bulkwatch_overdue_jobs 3',
      'bulkwatch_provider_polls_total{provider="https://ehr.example.org",kind="complete"} 2',
    ]);

    metrics.forgetElected();
    expect(await series()).toEqual([]);
  });

  it('exposes the rows of its service only', async () => {
    const text = await createMetrics({ service: 'api', labelValues }).registry.metrics();

    const exposed = new Set(text.match(/(?<=^# TYPE )bulkwatch_\w+/gm));
    const told = metricsTable.filter(({ services }) => services.some((name) => name === 'api'));
    expect([...exposed].sort()).toEqual(told.map(({ name }) => name).sort());
  });

  it('counts, sets and observes', async () => {
    const metrics = createMetrics({ service: 'worker', labelValues });

    metrics.pollsTotal.inc({ outcome: 'poll_failed', reason: 'timed-out' });
    metrics.rescuesTotal.inc(2);
    metrics.jobs.set({ state: 'completed' }, 7);
    metrics.pollDurationSeconds.observe(0.03);

    const text = await metrics.registry.metrics();
    expect(text).toContain('bulkwatch_polls_total{outcome="poll_failed",reason="timed-out"} 1');
    expect(text).toContain('bulkwatch_rescues_total 2');
    expect(text).toContain('bulkwatch_jobs{state="completed"} 7');
    expect(text).toContain('bulkwatch_poll_duration_seconds_bucket{le="0.05"} 1');
    expect(text).toMatch(/bulkwatch_build_info\{version="\d+\.\d+\.\d+",service="worker"\} 1/);
  });

  it('runs the hooks before each scrape', async () => {
    const metrics = createMetrics({ service: 'worker', labelValues });
    let overdue = 0;
    metrics.onCollect(async () => metrics.overdueJobs.set((overdue += 1)));

    expect(await metrics.registry.metrics()).toContain('bulkwatch_overdue_jobs 1\n');
    expect(await metrics.registry.metrics()).toContain('bulkwatch_overdue_jobs 2\n');
  });

  it('is scraped all the same when a hook fails', async () => {
    const problems: unknown[] = [];
    const onCollectProblem = (error: unknown): void => void problems.push(error);
    const metrics = createMetrics({ service: 'worker', labelValues, onCollectProblem });
    metrics.onCollect(() => Promise.reject(new Error('Redis is away')));

    expect(await metrics.registry.metrics()).toContain('bulkwatch_redis_up 0');
    expect(problems).toEqual([new Error('Redis is away')]);
  });
});

describe('metricsTable', () => {
  it('derives each key from the name, and each name from type and unit', () => {
    for (const { key, name, type } of metricsTable) {
      const words = name.replace('bulkwatch_', '');
      expect(key).toBe(words.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()));
      expect(name.endsWith('_total'), name).toBe(type === 'counter');
      if (type === 'histogram') expect(name).toMatch(/_seconds$/);
    }
  });

  it('says of every open label what keeps its values few, and of no other', () => {
    for (const { name, labels, ...row } of metricsTable) {
      const open = Object.entries(labels).filter(([, domain]) => domain === 'open');
      const bounds = 'bounds' in row ? row.bounds : {};
      expect(Object.keys(bounds), name).toEqual(open.map(([label]) => label));
    }
  });

  it("has no label for what there is without end, or is somebody's own business", () => {
    const labels = new Set(metricsTable.flatMap((row) => Object.keys(row.labels)));
    for (const label of ['tenant', 'job', 'job_id', 'url', 'subscriber', 'endpoint', 'request_id'])
      expect(labels).not.toContain(label);
  });

  it('names no metric twice and has rising buckets for every histogram', () => {
    const names = metricsTable.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const row of metricsTable) {
      const buckets: readonly number[] = 'buckets' in row ? row.buckets : [];
      expect(buckets.length > 0, row.name).toBe(row.type === 'histogram');
      expect(buckets).toEqual([...buckets].sort((a, b) => a - b));
    }
  });
});
