import { describe, expect, it } from 'vitest';
import { alertRules, recordingRules } from './support/alert-rules.js';
import type { ComposeFile } from './support/compose-file.js';
import { dashboardQueries } from './support/dashboard.js';
import { filesOf, pathOf, readYaml } from './support/infra-files.js';
import { promtool } from './support/promtool.js';

interface PrometheusConfig {
  readonly alerting: { readonly alertmanagers: readonly StaticConfigs[] };
  readonly scrape_configs: readonly (Partial<StaticConfigs> & {
    readonly job_name: string;
    readonly dns_sd_configs?: readonly {
      readonly names: readonly string[];
      readonly port: number;
    }[];
  })[];
}
interface StaticConfigs {
  readonly static_configs: readonly { readonly targets: readonly string[] }[];
}

const config = readYaml<PrometheusConfig>('infra/prometheus/prometheus.yml');
const { services } = readYaml<ComposeFile>('docker-compose.yml');
const ruleTests = filesOf('infra/prometheus/tests', '.yml');

describe('what promtool says', () => {
  it('the configuration is right', () => {
    promtool(
      'check',
      'config',
      '--lint=all',
      '--lint-fatal',
      pathOf('infra/prometheus/prometheus.yml'),
    );
  });

  it.each(filesOf('infra/prometheus/rules', '.yml'))('the rules of %s are right', (name) => {
    promtool(
      'check',
      'rules',
      '--lint=all',
      '--lint-fatal',
      pathOf(`infra/prometheus/rules/${name}`),
    );
  });

  it.each(ruleTests)('the rules do what %s says', (name) => {
    promtool('test', 'rules', pathOf(`infra/prometheus/tests/${name}`));
  });
});

/** The others always fire, or have their stories in slo-alerts.test.ts. */
const told = new Set(
  alertRules
    .filter(({ labels }) => labels['severity'] !== 'none' && !('slo' in labels))
    .map(({ alert }) => alert),
);

it.each([...told])('%s is shown to fire and not to fire', (alert) => {
  const cases = ruleTests.flatMap((name) =>
    readYaml<{ tests: { alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }[] }>(
      `infra/prometheus/tests/${name}`,
    ).tests.flatMap((test) => test.alert_rule_test),
  );
  const ofAlert = cases.filter(({ alertname }) => alertname === alert);
  expect(ofAlert.map(({ exp_alerts }) => exp_alerts.length > 0)).toEqual(
    expect.arrayContaining([true, false]),
  );
});

describe('targets', () => {
  it('are the ops ports that the services of compose are given', () => {
    const found = config.scrape_configs.flatMap((scrape) => scrape.dns_sd_configs ?? []);
    expect(found).toMatchObject([
      { names: ['api'], port: services['api']?.environment?.['BULKWATCH_API_OPS_PORT'] },
      { names: ['worker'], port: services['worker']?.environment?.['BULKWATCH_WORKER_OPS_PORT'] },
    ]);
  });

  it('are found in networks that Prometheus is in', () => {
    for (const name of ['api', 'worker'])
      expect(services[name]?.networks ?? ['default']).toContain('default');
    expect(services['prometheus']?.networks).toBeUndefined();
  });

  it('are called as alerts and panels call them', () => {
    const known = config.scrape_configs.map(({ job_name }) => job_name);
    const asked = [...alertRules, ...recordingRules, ...dashboardQueries].flatMap(({ expr }) =>
      [...expr.matchAll(/\bjob(=~?)"([^"]*)"/g)].map(([, operator, job = '']) =>
        operator === '=' ? known.includes(job) : known.some((name) => name.match(`^(?:${job})$`)),
      ),
    );
    expect(asked.length).toBeGreaterThan(0);
    expect(asked).not.toContain(false);
  });

  it('include an Alertmanager that exists', () => {
    const [target = ''] = config.alerting.alertmanagers[0]?.static_configs[0]?.targets ?? [];
    const [host = '', port] = target.split(':');
    expect(services[host]?.ports?.[0]).toMatch(new RegExp(`:${port}$`));
  });
});
