import { filesOf, readYaml } from './infra-files.js';

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly AlertRule[] }[];
}

/** Every rule that Prometheus loads, as YAML has it. */
export const alertRules: readonly AlertRule[] = filesOf('infra/prometheus/rules', '.yml')
  .map((name) => readYaml<RuleFile>(`infra/prometheus/rules/${name}`))
  .flatMap((file) => file.groups.flatMap((group) => group.rules));

export const alertNames: readonly string[] = alertRules.map((rule) => rule.alert);
