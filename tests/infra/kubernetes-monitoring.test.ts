import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { metricsTable } from '@bulkwatch/runtime';
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { filesOf, readText, readYaml } from './support/infra-files.js';
import { hasLabels, readOverlay } from './support/kubernetes-objects.js';
import { promtool } from './support/promtool.js';

const production = readOverlay('production');
const folder = mkdtempSync(join(tmpdir(), 'bulkwatch-monitoring-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('monitoring', () => {
  it('scrapes both services as the jobs that rules and dashboards ask for', () => {
    const monitors = production.ofKind('ServiceMonitor');
    const jobs = monitors.map(({ spec }) => {
      const found = production
        .ofKind('Service')
        .filter(({ metadata }) => hasLabels(metadata.labels ?? {}, spec.selector.matchLabels));
      expect(found).toHaveLength(1);
      const [service] = found;
      const ports = service?.spec?.ports?.map(({ name }) => name);
      for (const { port } of spec.endpoints) expect(ports).toContain(port);
      // Without a `jobLabel` the name of the Service is the job.
      expect(spec.jobLabel).toBeUndefined();
      return service?.metadata.name;
    });
    const { scrape_configs: configs } = readYaml<{ scrape_configs: { job_name: string }[] }>(
      'infra/prometheus/prometheus.yml',
    );
    const expected = configs
      .map((config) => config.job_name)
      .filter((job) => job.startsWith('bulkwatch'));
    expect(jobs).toEqual(expected);
  });

  it('has the rules that Prometheus loads elsewhere, and all of them', () => {
    const rules = production.ofKind('PrometheusRule').flatMap(({ spec }) => spec.groups ?? []);
    const files = filesOf('infra/prometheus/rules', '.yml').map((name) =>
      readYaml<{ groups: unknown[] }>(`infra/prometheus/rules/${name}`),
    );
    expect(rules).toEqual(files.flatMap(({ groups }) => groups));
  });

  it('is found by the operator of kube-prometheus-stack', () => {
    for (const kind of ['ServiceMonitor', 'PrometheusRule'] as const)
      for (const { metadata } of production.ofKind(kind))
        expect(metadata.labels).toMatchObject({ release: 'kube-prometheus-stack' });
  });

  it('gives the sidecar of Grafana every dashboard, under a name that stays', () => {
    const maps = production
      .ofKind('ConfigMap')
      .filter(({ metadata }) => metadata.labels?.['grafana_dashboard'] === '1');
    const dashboards = filesOf('infra/grafana/dashboards', '.json');
    expect(maps.map(({ metadata }) => metadata.name)).toEqual(
      dashboards.map((name) => `bulkwatch-dashboard-${name.replace(/\.json$/, '')}`),
    );
    expect(maps.map(({ data }) => data)).toEqual(
      dashboards.map((name) => ({ [name]: readText(`infra/grafana/dashboards/${name}`) })),
    );
    // A ConfigMap is refused above 1 MiB.
    for (const { data } of maps) expect(JSON.stringify(data).length).toBeLessThan(1_000_000);
  });
});

describe('autoscaling', () => {
  const [workers] = production.ofKind('ScaledObject');
  const [apis] = production.ofKind('HorizontalPodAutoscaler');

  it('owns the number of pods: nothing else sets it', () => {
    const scaled = [workers?.spec.scaleTargetRef.name, apis?.spec?.scaleTargetRef.name];
    expect(scaled).toEqual(['bulkwatch-worker', 'bulkwatch-api']);
    for (const { metadata, spec } of production.ofKind('Deployment'))
      if (scaled.includes(metadata.name)) expect(spec).not.toHaveProperty('replicas');
  });

  it('never leaves fewer pods than may go at once', () => {
    expect(workers?.spec.minReplicaCount).toBeGreaterThanOrEqual(2);
    expect(workers?.spec.idleReplicaCount).toBeUndefined();
    expect(workers?.spec.fallback?.replicas).toBeGreaterThanOrEqual(2);
    expect(apis?.spec?.minReplicas).toBeGreaterThanOrEqual(2);
  });

  it('counts what is late, and never the length of a list of the queue', () => {
    const triggers = workers?.spec.triggers ?? [];
    expect(triggers.map(({ type }) => type)).toEqual(['prometheus', 'prometheus']);
    const known = metricsTable.map(({ name }) => name as string);
    const queries = triggers.map(({ metadata }) => metadata['query'] ?? '');
    const asked = queries.flatMap((query) => query.match(/bulkwatch_\w+/g) ?? []);
    expect(asked.map((name) => name.replace(/_bucket$/, ''))).toEqual([
      'bulkwatch_overdue_jobs',
      'bulkwatch_poll_lateness_seconds',
    ]);
    expect(asked.filter((name) => !known.includes(name.replace(/_bucket$/, '')))).toEqual([]);
  });

  it('reads a number where there are polls, none where there are none, and no number where nobody tells', () => {
    const triggers = workers?.spec.triggers ?? [];
    const queries = triggers.map(({ metadata }) => metadata['query'] ?? '');
    const test = join(folder, 'scaling.yml');
    const [overdue = '', lateness = ''] = queries;
    const polls = (bound: string, values: string) => ({
      series: `bulkwatch_poll_lateness_seconds_bucket{le="${bound}"}`,
      values,
    });
    const at = (expr: string, ...values: number[]) => ({
      expr,
      eval_time: '10m',
      exp_samples: values.map((value) => ({ value })),
    });
    const busy = [polls('5', '0+50x60'), polls('15', '0+100x60'), polls('+Inf', '0+100x60')];
    const idle = [polls('5', '7x60'), polls('15', '7x60'), polls('+Inf', '7x60')];
    const series = { series: 'bulkwatch_overdue_jobs{instance="a"}', values: '450x60' };
    const same = { series: 'bulkwatch_overdue_jobs{instance="b"}', values: '450x60' };
    writeFileSync(
      test,
      stringify({
        evaluation_interval: '15s',
        tests: [
          {
            interval: '15s',
            input_series: [...busy, series, same],
            promql_expr_test: [at(overdue, 450), at(lateness, 14.8)],
          },
          { interval: '15s', input_series: idle, promql_expr_test: [at(overdue), at(lateness, 0)] },
        ],
      }),
    );
    expect(promtool('test', 'rules', test)).toContain('SUCCESS');
  });
});
