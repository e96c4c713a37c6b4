import type { Dashboard, Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus';
import { resolved, type View } from './resolved.js';

/** What is asked of Prometheus: the values of an expression in a span of time, or at its end alone. */
export interface Request {
  readonly expr: string;
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** One of its answers: as in `result` of `/api/v1/query_range`. */
export interface PrometheusSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [time: number, value: string])[];
}

export type Ask = (request: Request) => Promise<readonly PrometheusSeries[]>;

/** A line as it is drawn: what it is called, and its points, those without a number left out. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [time: number, value: number])[];
}

export type DataPanel = Panel & Required<Pick<Panel, 'title' | 'gridPos'>>;

/** Panels that show data: all but the headings. */
export const dataPanels = (dashboard: Dashboard): readonly DataPanel[] =>
  (dashboard.panels ?? []).filter((panel): panel is DataPanel => panel.type !== 'row');

export const headings = (dashboard: Dashboard): readonly RowPanel[] =>
  (dashboard.panels ?? []).filter((panel): panel is RowPanel => panel.type === 'row');

/** What a panel asks. */
export const queriesOf = (panel: Panel): readonly Dataquery[] =>
  (panel.targets ?? []) as Dataquery[];

/** Asks all that a panel asks. Series without any number are none. */
export async function panelData(panel: Panel, view: View, ask: Ask): Promise<readonly Series[]> {
  const series: Series[] = [];
  for (const { expr, instant, legendFormat } of queriesOf(panel)) {
    const { from, to, step } = view;
    const answer = await ask({ expr: resolved(expr, view), from: instant ? to : from, to, step });
    for (const { metric, values } of answer) {
      const points = values
        .map(([time, value]) => [time, Number(value)] as const)
        .filter(([, value]) => Number.isFinite(value));
      if (points.length > 0) series.push({ name: legend(legendFormat ?? '', metric), points });
    }
  }
  return series;
}

const legend = (format: string, metric: Readonly<Record<string, string>>): string =>
  format.replaceAll(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? '');
