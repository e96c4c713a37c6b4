/** Rules as Prometheus, and the PrometheusRule of its operator, have them. */
export interface RuleGroup {
  readonly name: string;
  /** How often it is evaluated, where that is not as often as all others. */
  readonly interval?: string;
  readonly rules: readonly Rule[];
}

export type Rule = RecordingRule | AlertingRule;

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
