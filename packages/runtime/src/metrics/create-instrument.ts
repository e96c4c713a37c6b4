import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { type LabelValues, labelCombinations } from './label-combinations.js';
import type { MetricRow } from './metric-row.js';

type Labels = Record<string, string>;

/** A metric whose values are told as they are found elsewhere. Once it is reset it has no series. */
export interface SettableMetric {
  set(...labelsAndValue: [Labels | number, number?]): void;
  reset(): void;
}

/** What can be done to a metric; which of these it is, its row says. */
export type Instrument = Counter | Gauge | Histogram | SettableMetric;

/**
 * Makes the metric of a row, with every combination of closed label values present at zero, so that rates and alerts work
 * from the first scrape on. What the elected collector tells has no series until it is set: zero would be a lie.
 */
export function createInstrument(
  row: MetricRow,
  registry: Registry,
  labelValues: LabelValues,
): Instrument {
  const { name, help } = row;
  const labelNames = Object.keys(row.labels);
  const options = { name, help, labelNames, registers: [registry] };
  const combinations = row.elected ? [] : labelCombinations(row.labels, labelValues);
  switch (row.type) {
    case 'counter': {
      const counter = new Counter(options);
      for (const labels of combinations) counter.inc(labels, 0);
      return row.elected ? emptied(settable(counter, labelNames.length)) : counter;
    }
    case 'gauge': {
      const gauge = new Gauge(options);
      for (const labels of combinations) gauge.set(labels, 0);
      const instrument = settable(gauge, labelNames.length);
      return row.elected ? emptied(instrument) : instrument;
    }
    case 'histogram': {
      const histogram = new Histogram({ ...options, buckets: [...(row.buckets ?? [])] });
      for (const labels of combinations) histogram.zero(labels);
      return histogram;
    }
  }
}

function settable(metric: Gauge | Counter, labelCount: number): SettableMetric {
  return {
    set(...[labelsOrValue, value]) {
      const [labels, amount] =
        typeof labelsOrValue === 'number' ? [{}, labelsOrValue] : [labelsOrValue, value ?? 0];
      if (metric instanceof Gauge) return metric.set(labels, amount);
      metric.remove(labels);
      metric.inc(labels, amount);
    },
    reset: () => forget(metric, labelCount),
  };
}

function emptied(metric: SettableMetric): SettableMetric {
  metric.reset();
  return metric;
}

/** Without labels, a metric that is reset is zero and not gone. */
function forget(metric: Gauge | Counter, labelCount: number): void {
  metric.reset();
  if (labelCount === 0) metric.remove();
}
