import { collectDefaultMetrics, Registry } from 'prom-client';
import type { ServiceName } from '../settings/setting-row.js';
import { version } from '../version.js';
import { createInstrument } from './create-instrument.js';
import type { LabelValues } from './label-combinations.js';
import type { MetricRow } from './metric-row.js';
import { metricsTable } from './metrics-table.js';
import { createScrapeHooks } from './scrape-hooks.js';

type Row = (typeof metricsTable)[number];

/** Rows of the table that a service exposes. */
type RowsOf<S extends ServiceName, R extends Row = Row> = R extends Row
  ? S extends R['services'][number]
    ? R
    : never
  : never;

/** Label values of a row: a closed list's words, or any text. */
type LabelsOf<R extends Row> = {
  readonly [L in keyof R['labels']]: R['labels'][L] extends readonly (infer Value)[]
    ? Value
    : string;
};

type Labelled<R extends Row> = keyof R['labels'] extends never ? [] : [labels: LabelsOf<R>];

/** A metric whose values are told as they are found elsewhere. */
interface Settable<R extends Row> {
  set(...labelsAndValue: [...Labelled<R>, value: number]): void;
  /** Forgets all of its series, until they are set again. */
  reset(): void;
}

interface InstrumentOf<R extends Row> {
  readonly counter: R extends { readonly elected: true }
    ? Settable<R>
    : { inc(...labelsAndValue: [...Labelled<R>, value?: number]): void };
  readonly gauge: Settable<R>;
  readonly histogram: {
    observe(...labelsAndValue: [...Labelled<R>, value: number]): void;
    /** Makes its series be there, with nothing observed. */
    zero(...labels: Labelled<R>): void;
  };
}

/** What the ops server exposes. */
export interface Scrapeable {
  readonly contentType: string;
  /** Runs the hooks of `onCollect`, then renders everything in Prometheus's text format. */
  metrics(): Promise<string>;
}

/** The instruments of one service, by the keys of the table. */
export type Metrics<S extends ServiceName> = {
  readonly [R in RowsOf<S> as R['key']]: InstrumentOf<R>[R['type']];
} & {
  readonly registry: Scrapeable;
  /**
   * Adds a hook that sets gauges before each scrape. It gets one second; a scrape does not wait longer, does
   * not fail when it throws, and does not start it again while it is still busy.
   */
  onCollect(hook: () => Promise<void>): void;
  /** Forgets every series that the elected collector tells, at the end of its office. */
  forgetElected(): void;
};

/** Default metrics of prom-client whose names break Prometheus's own rules: gauges called `_total`. */
const misnamedDefaults = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/**
 * Creates the metrics of a service from the one table, in a registry of its own, with every combination of
 * closed label values present at zero, so that rates and alerts work from the first scrape on. What the elected collector
 * tells has no series until it is set.
 */
export function createMetrics<S extends ServiceName>(options: {
  service: S;
  labelValues: LabelValues;
  /** Told when a hook of `onCollect` throws; its gauges keep their last values. */
  onCollectProblem?: (error: unknown) => void;
}): Metrics<S> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of misnamedDefaults) registry.removeSingleMetric(name);

  const rows: readonly MetricRow[] = metricsTable;
  const own = rows.filter((row) => row.services.includes(options.service));
  const instruments = own.map(
    (row) => [row, createInstrument(row, registry, options.labelValues)] as const,
  );
  const hooks = createScrapeHooks({ timeoutMs: 1_000, onProblem: options.onCollectProblem });
  const metrics: unknown = {
    ...Object.fromEntries(instruments.map(([{ key }, instrument]) => [key, instrument])),
    registry: {
      contentType: registry.contentType,
      async metrics() {
        await hooks.run();
        return registry.metrics();
      },
    },
    onCollect: hooks.add,
    forgetElected() {
      for (const [{ elected }, instrument] of instruments) if (elected) instrument.reset();
    },
  };
  (metrics as Metrics<ServiceName>).buildInfo.set({ version, service: options.service }, 1);
  return metrics as Metrics<S>;
}
