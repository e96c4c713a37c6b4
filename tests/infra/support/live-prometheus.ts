import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ask, PrometheusSeries } from '@bulkwatch/infra';
import { eventually, freePort, startProcess } from '@bulkwatch/testkit';
import { expect } from 'vitest';
import { stringify } from 'yaml';
import { pathOf, readYaml } from './infra-files.js';

export interface LivePrometheus {
  /** Samples that an expression finds now. */
  query(expr: string): Promise<readonly unknown[]>;
  /** Answers a panel: the values of an expression over a span of time. */
  readonly ask: Ask;
  /** Rules that Prometheus could not evaluate, and why. */
  ruleProblems(): Promise<readonly string[]>;
  /** How many rules it has evaluated without a fault. */
  evaluatedRules(): Promise<number>;
  /** What it says of itself. */
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

interface EvaluatedRule {
  readonly name: string;
  readonly health: 'ok' | 'err' | 'unknown';
  readonly lastError?: string;
}

interface Answer<T> {
  readonly data: T;
}

/** Ports of targets, by the name of their scrape job. */
type Ports = Readonly<Record<string, number | readonly number[]>>;

export interface LiveOptions {
  /** Rules instead of ours, as YAML has them. */
  readonly rules?: object;
  /** Port of an Alertmanager. */
  readonly alertmanagerPort?: number;
}

/**
 * Starts Prometheus with our configuration and rules, but looking every second, and at targets that are given
 * by the name of their scrape job.
 */
export async function startPrometheus(
  ports: Ports,
  options: LiveOptions = {},
): Promise<LivePrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'bulkwatch-prometheus-'));
  const config = join(folder, 'prometheus.yml');
  const rules = join(folder, 'rules.yml');
  const ruleFiles = options.rules === undefined ? ourRules() : [rules];
  writeFileSync(config, stringify(configFor(ports, ruleFiles, options.alertmanagerPort)));
  const address = `127.0.0.1:${await freePort()}`;
  const prometheus = await startProcess({
    command: 'prometheus',
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--rules.alert.resend-delay=1s',
    ],
    readyWhen: /ready to receive web requests/,
  });
  const ask = async <T>(path: string): Promise<T> => {
    const response = await fetch(`http://${address}/api/v1/${path}`);
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return ((await response.json()) as Answer<T>).data;
  };
  const query = async (expr: string): Promise<readonly unknown[]> =>
    (await ask<{ result: unknown[] }>(`query?query=${encodeURIComponent(expr)}`)).result;
  const rulesNow = async (): Promise<EvaluatedRule[]> =>
    (await ask<{ groups: { rules: EvaluatedRule[] }[] }>('rules')).groups.flatMap(
      (group) => group.rules,
    );
  if (options.rules !== undefined) {
    // It takes seconds to find its targets, and they are not to be missed meanwhile.
    const targets = Object.values(ports).flat().length;
    await eventually(
      async () => {
        expect(await query('up == 1')).toHaveLength(targets);
        expect(
          (await ask<{ activeAlertmanagers: [] }>('alertmanagers')).activeAlertmanagers,
        ).toHaveLength(options.alertmanagerPort === undefined ? 0 : 1);
      },
      { timeoutMs: 30_000, everyMs: 200 },
    );
    writeFileSync(rules, stringify(options.rules));
    process.kill(prometheus.pid, 'SIGHUP');
  }
  return {
    query,
    async ask({ expr, from, to, step }) {
      const asked = new URLSearchParams({
        query: expr,
        start: `${from}`,
        end: `${to}`,
        step: `${step}`,
      });
      return (await ask<{ result: PrometheusSeries[] }>(`query_range?${asked}`)).result;
    },
    async ruleProblems() {
      const wrong = (await rulesNow()).filter(({ health }) => health === 'err');
      return wrong.map(({ name, lastError }) => `${name}: ${lastError}`);
    },
    evaluatedRules: async () => (await rulesNow()).filter(({ health }) => health === 'ok').length,
    metrics: async () => (await fetch(`http://${address}/metrics`)).text(),
    async stop() {
      await prometheus.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function ourRules(): string[] {
  const { rule_files } = readYaml<{ rule_files: string[] }>('infra/prometheus/prometheus.yml');
  return rule_files.map((name) => pathOf(`infra/prometheus/${name}`));
}

function configFor(
  ports: Ports,
  ruleFiles: readonly string[],
  alertmanagerPort: number | undefined,
) {
  const at = (port: number | readonly number[]) => [
    { targets: [port].flat().map((one) => `127.0.0.1:${one}`) },
  ];
  return {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: ruleFiles,
    alerting: {
      alertmanagers:
        alertmanagerPort === undefined ? [] : [{ static_configs: at(alertmanagerPort) }],
    },
    scrape_configs: Object.entries(ports).map(([job, port]) => ({
      job_name: job,
      static_configs: at(port),
    })),
  };
}
