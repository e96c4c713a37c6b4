import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startProcess } from '@bulkwatch/testkit';
import { stringify } from 'yaml';
import { pathOf, readYaml } from './infra-files.js';

export interface LivePrometheus {
  /** Samples that an expression finds now. */
  query(expr: string): Promise<readonly unknown[]>;
  /** Rules that Prometheus could not evaluate, and why. */
  ruleProblems(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

interface Answer<T> {
  readonly data: T;
}

/**
 * Starts Prometheus with our configuration and rules, but looking every second, and at targets that are given
 * by the name of their scrape job.
 */
export async function startPrometheus(
  ports: Readonly<Record<string, number>>,
): Promise<LivePrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'bulkwatch-prometheus-'));
  const config = join(folder, 'prometheus.yml');
  writeFileSync(config, stringify(configFor(ports)));
  const address = `127.0.0.1:${await freePort()}`;
  const prometheus = await startProcess({
    command: 'prometheus',
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
    ],
    readyWhen: /ready to receive web requests/,
  });
  const ask = async <T>(path: string): Promise<T> => {
    const response = await fetch(`http://${address}/api/v1/${path}`);
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return ((await response.json()) as Answer<T>).data;
  };
  return {
    async query(expr) {
      const path = `query?query=${encodeURIComponent(expr)}`;
      return (await ask<{ result: readonly unknown[] }>(path)).result;
    },
    async ruleProblems() {
      const { groups } = await ask<{ groups: { rules: { name: string; lastError?: string }[] }[] }>(
        'rules',
      );
      return groups.flatMap(({ rules }) =>
        rules
          .filter(({ lastError }) => lastError)
          .map(({ name, lastError }) => `${name}: ${lastError}`),
      );
    },
    async stop() {
      await prometheus.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configFor(ports: Readonly<Record<string, number>>) {
  const { rule_files } = readYaml<{ rule_files: string[] }>('infra/prometheus/prometheus.yml');
  return {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: rule_files.map((name) => pathOf(`infra/prometheus/${name}`)),
    scrape_configs: Object.entries(ports).map(([job, port]) => ({
      job_name: job,
      static_configs: [{ targets: [`127.0.0.1:${port}`] }],
    })),
  };
}
