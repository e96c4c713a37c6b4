import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { ComposeFile } from './support/compose-file.js';
import { dashboard, dashboardQueries, dataPanels } from './support/dashboard.js';
import { pathOf, readYaml } from './support/infra-files.js';
import { promtool } from './support/promtool.js';

it('is what its source makes', () => {
  const check = spawnSync(process.execPath, [pathOf('infra/grafana/build-fleet.mjs'), '--check']);
  expect(check.stderr.toString()).toBe('');
  expect(check.status).toBe(0);
});

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

it('leaves no variable of Grafana in a query', () => {
  expect(dashboardQueries.filter(({ expr }) => expr.includes('$'))).toEqual([]);
});

it('looks at counters by their rate', () => {
  const bare = dashboardQueries.filter(({ expr }) =>
    [...expr.matchAll(/\w+_total\b/g)].some(
      ({ index }) => !/\b(?:rate|increase)\($/.test(expr.slice(0, index)),
    ),
  );
  expect(bare).toEqual([]);
});

it('lets its reader choose the data source, and nobody edit it', () => {
  expect(dashboard.templating.list).toContainEqual(
    expect.objectContaining({ name: 'datasource', type: 'datasource' }),
  );
  expect(dashboard.editable).toBe(false);
});

it('gives every panel a number, a title and a place of its own', () => {
  const { panels } = dashboard;
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
});

describe.each(dataPanels)('$title', (panel) => {
  const chosen = { type: 'prometheus', uid: '${datasource}' };

  it('says what it shows, and in what unit', () => {
    expect(panel.description).toMatch(/\S.*[.?]$/);
    expect(panel.fieldConfig?.defaults.unit).toBeTruthy();
  });

  it('has queries to the chosen data source, each with a legend', () => {
    expect(panel.datasource).toEqual(chosen);
    expect(panel.targets?.length).toBeGreaterThan(0);
    for (const target of panel.targets ?? []) {
      expect(target.datasource).toEqual(chosen);
      expect(target.legendFormat).toBeTruthy();
    }
  });
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
    expect(services['grafana']?.environment?.['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH']).toBe(
      `${folder}/fleet.json`,
    );
  });
});
