import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { pathOf } from './infra-files.js';
import { promtool } from './promtool.js';

/** A course of events, minute by minute, and which alerts it leads to. */
export interface Story {
  readonly name: string;
  readonly input_series: readonly { readonly series: string; readonly values: string }[];
  readonly promql_expr_test: readonly {
    readonly expr: string;
    readonly eval_time: string;
    readonly exp_samples: readonly { readonly labels: string; readonly value: number }[];
  }[];
}

/** Plays stories to the rules of a file of ours. Throws what promtool says when one ends otherwise. */
export function playStories(ruleFile: string, stories: readonly Story[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'bulkwatch-rules-'));
  const file = join(folder, 'stories.yml');
  const tests = stories.map((story) => ({ interval: '1m', ...story }));
  const rules = [pathOf(`infra/prometheus/rules/${ruleFile}`)];
  try {
    writeFileSync(file, stringify({ rule_files: rules, evaluation_interval: '1m', tests }));
    promtool('test', 'rules', file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The values of a counter that begins at 0 and grows by so much in each minute. */
export function growing(perMinute: readonly number[]): string {
  let value = 0;
  return [0, ...perMinute.map((step) => (value += step))].join(' ');
}

/** The same of a counter whose process starts anew, and so at 0, after `before` minutes. */
export function startingAnew(perMinute: readonly number[], before: number): string {
  return `${growing(perMinute.slice(0, before))} ${growing(perMinute.slice(before))}`;
}
