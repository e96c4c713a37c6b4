import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allDashboards, dashboards as uids } from '@bulkwatch/infra';
import { metricsTable } from '@bulkwatch/runtime';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { alertRules, recordingRules } from './support/alert-rules.js';
import type { ComposeFile } from './support/compose-file.js';
import { dashboardQueries } from './support/dashboard.js';
import { filesOf, readText, readYaml } from './support/infra-files.js';
import { promtool } from './support/promtool.js';
import { selectorsOf } from './support/selectors.js';

const nowhere = { x: 0, y: 0, w: 0, h: 0 };

it('asks only what Prometheus can parse', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bulkwatch-queries-'));
  try {
    const rules = dashboardQueries.map(({ expr }, index) => ({
      record: `panel:query_${index}`,
      expr,
    }));
    const file = join(folder, 'queries.yml');
    writeFileSync(file, stringify({ groups: [{ name: 'panels', rules }] }));
    expect(promtool('check', 'rules', file)).toContain(`${dashboardQueries.length} rules found`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe.each(allDashboards)('the dashboard $name', ({ name, dashboard }) => {
  const panels = dashboard.panels ?? [];

  it('is found under the uid by which others know it', () => {
    expect(dashboard.uid).toBe(uids[name as keyof typeof uids]);
  });

  it('leads to the others, with what was chosen', () => {
    const link = { type: 'dashboards', tags: dashboard.tags, includeVars: true, keepTime: true };
    expect(dashboard.links).toEqual([expect.objectContaining(link)]);
  });

  it('gives every panel a number, a title and a place of its own', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } = nowhere }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    expect(cells.length).toBeGreaterThan(100);
    expect(new Set(cells).size).toBe(cells.length);
    expect(cells.filter((cell) => Number(cell.split(',')[0]) >= 24)).toEqual([]);
  });

  it('shows its legends, which the builder hides unless it is told otherwise', () => {
    const hidden = panels.filter(
      ({ type, ...panel }) =>
        type === 'timeseries' && !('options' in panel && panel.options?.legend?.showLegend),
    );
    expect(hidden).toEqual([]);
  });
});

it('runbooks send nobody to a dashboard, row or panel that is not there', () => {
  const known = allDashboards.flatMap(({ dashboard: { title = '', panels = [] } }) => [
    title.replace('Bulkwatch: ', ''),
    ...panels.map((panel) => panel.title),
  ]);
  const named = filesOf('docs/runbooks', '.md').flatMap((file) =>
    [...readText(`docs/runbooks/${file}`).matchAll(/Grafana, (?:\*([^*]+)\*|"([^"]+)")/g)].map(
      ([, panel, row]) => panel?.replaceAll(/\s+/g, ' ') ?? row,
    ),
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
});

it('every metric is on a dashboard, or in an alert', () => {
  const asked = [...dashboardQueries, ...alertRules, ...recordingRules].flatMap(({ expr }) =>
    selectorsOf(expr).map(({ metric }) => metric.replace(/_(bucket|sum|count)$/, '')),
  );
  const names = metricsTable.map(({ name }) => name);
  expect(names.filter((name) => !asked.includes(name))).toEqual([]);
});

describe('provisioning', () => {
  const { services } = readYaml<ComposeFile>('docker-compose.yml');

  it('has the data source that compose runs', () => {
    const { datasources } = readYaml<{ datasources: { url: string; isDefault: boolean }[] }>(
      'infra/grafana/provisioning/datasources/prometheus.yml',
    );
    expect(datasources).toMatchObject([{ isDefault: true }]);
    const { hostname, port } = new URL(datasources[0]?.url ?? '');
    expect(services[hostname]?.ports?.[0]).toMatch(new RegExp(`:${port}$`));
  });

  it('looks for dashboards where compose mounts them', () => {
    const { providers } = readYaml<{ providers: { options: { path: string } }[] }>(
      'infra/grafana/provisioning/dashboards/bulkwatch.yml',
    );
    const folder = providers[0]?.options.path ?? '';
    expect(services['grafana']?.volumes).toContain(`./infra/grafana/dashboards:${folder}:ro`);
    expect(filesOf('infra/grafana/dashboards', '.json')).toEqual(
      allDashboards.map(({ name }) => `${name}.json`).toSorted(),
    );
    expect(services['grafana']?.environment?.['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH']).toBe(
      `${folder}/fleet.json`,
    );
  });
});
