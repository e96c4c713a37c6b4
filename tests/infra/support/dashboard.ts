import { readJson } from './infra-files.js';

interface Datasource {
  readonly type: string;
  readonly uid: string;
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: Datasource;
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly targets?: readonly {
    readonly refId: string;
    readonly expr: string;
    readonly legendFormat?: string;
    readonly datasource: Datasource;
  }[];
}

export interface Dashboard {
  readonly uid: string;
  readonly editable: boolean;
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string }[];
  };
  readonly panels: readonly Panel[];
}

export const dashboard = readJson<Dashboard>('infra/grafana/dashboards/fleet.json');

/** Panels that show data: all but the headings. */
export const dataPanels = dashboard.panels.filter((panel) => panel.type !== 'row');

/** Every query of the dashboard with Grafana's variables replaced, as Prometheus gets it. */
export const dashboardQueries = dataPanels.flatMap((panel) =>
  (panel.targets ?? []).map(({ expr }) => ({
    title: panel.title,
    expr: expr.replaceAll('$__rate_interval', '1m'),
  })),
);
