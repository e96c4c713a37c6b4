import { filesOf, readYaml } from './infra-files.js';

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A rule that keeps a series under a name of its own. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly (AlertRule | RecordingRule)[] }[];
}

const rules = filesOf('infra/prometheus/rules', '.yml')
  .map((name) => readYaml<RuleFile>(`infra/prometheus/rules/${name}`))
  .flatMap((file) => file.groups.flatMap((group) => group.rules));

/** Every alert that Prometheus loads, as YAML has it; one that has several severities several times. */
export const alertRules: readonly AlertRule[] = rules.filter((rule) => 'alert' in rule);

export const recordingRules: readonly RecordingRule[] = rules.filter((rule) => 'record' in rule);

export const alertNames: readonly string[] = [...new Set(alertRules.map((rule) => rule.alert))];
