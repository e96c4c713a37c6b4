import type { dashboards } from '../config.js';

/**
 * What is to be done about it. `critical`: exports are not being watched or cannot be registered, something is about to be
 * lost, or a promise is being broken fast; wake somebody. `warning`: today is soon enough. `none`: nothing, it only shows that
 * alerts arrive.
 */
export type Severity = 'critical' | 'warning' | 'none';

/** One rule that tells somebody. Several may share a name, where the same page says what to do. */
export interface Alert {
  readonly name: `Bulkwatch${string}`;
  readonly severity: Severity;
  readonly expr: string;
  /** What the expression asks, with its numbers, for whoever does not read PromQL. */
  readonly when: string;
  /** How long it must hold before somebody is told, s. */
  readonly forSeconds: number;
  /** How long it goes on once it holds no more, s: what comes and goes is told once. */
  readonly keepFiringForSeconds?: number;
  /** Labels besides the severity. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Templates of Prometheus. */
  readonly summary: string;
  readonly description: string;
  readonly dashboard: keyof typeof dashboards;
  /** Of which alerts nobody is told while it fires, because they follow from it. */
  readonly hushes?: readonly Hush[];
}

export interface Hush {
  readonly names: readonly string[];
  /** Only where it fires for this scrape job. */
  readonly job?: string;
}
