/** The kinds of panels that our dashboards have, with what they have in common said once. */
import * as barGauges from '@grafana/grafana-foundation-sdk/bargauge';
import {
  BarGaugeDisplayMode,
  BarGaugeNamePlacement,
  BigValueGraphMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import * as stats from '@grafana/grafana-foundation-sdk/stat';
import * as lines from '@grafana/grafana-foundation-sdk/timeseries';
import { datasource } from './variables.js';

/** An expression, and what its series are called: `{{label}}` stands for the value of a label. */
export type Query = readonly [expr: string, legend: string];

export interface PanelOptions {
  readonly title: string;
  /** What it answers, in sentences. */
  readonly description: string;
  /** One of Grafana's units. */
  readonly unit: string;
  readonly queries: readonly Query[];
  /** Columns of the 24 that a page has. */
  readonly width?: number;
  readonly height?: number;
  /** What is to be seen in place of numbers. */
  readonly words?: Readonly<Record<string, string>>;
  /** Colours, each with the value from which it holds. The first holds from below all. */
  readonly colours?: readonly Colour[];
}

export type Colour = readonly [colour: string, from: number | null];

/** Good until a value is reached, bad from it on, and a warning before that where there is one. */
export const badFrom = (bad: number, warning?: number): readonly Colour[] => [
  ['green', null],
  ...(warning === undefined ? [] : [['yellow', warning] as const]),
  ['red', bad],
];

/** Bad below a value, good from another one on, and a warning in between. */
export const goodFrom = (good: number, warning?: number): readonly Colour[] => [
  ['red', null],
  ...(warning === undefined ? [] : [['yellow', warning] as const]),
  ['green', good],
];

/** Lines over time. `stacked` fills and stacks them; below zero there is nothing unless `signed`. */
export function timeseries(
  options: PanelOptions & { readonly stacked?: boolean; readonly signed?: boolean },
): lines.PanelBuilder {
  const panel = new lines.PanelBuilder()
    .drawStyle(GraphDrawStyle.Line)
    .lineWidth(1)
    .fillOpacity(options.stacked ? 40 : 5)
    .showPoints(VisibilityMode.Never)
    // A missed scrape is bridged; a longer gap means that nobody reported.
    .spanNulls(60_000)
    .stacking(
      new StackingConfigBuilder()
        .mode(options.stacked ? StackingMode.Normal : StackingMode.None)
        .group('A'),
    )
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassic))
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(
      new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending),
    );
  if (!options.signed) panel.min(0);
  return filled(panel, options, { width: 8, height: 7 }, ranged);
}

/** One number, and how it got there. */
export function stat(options: PanelOptions): stats.PanelBuilder {
  const panel = new stats.PanelBuilder().graphMode(BigValueGraphMode.Area).reduceOptions(last());
  return filled(coloured(panel, options), options, { width: 4, height: 4 }, ranged);
}

/** One number of a longer time than the dashboard shows, as it is now: asked once, since it is dear to ask. */
export function verdict(options: PanelOptions): stats.PanelBuilder {
  const panel = new stats.PanelBuilder().graphMode(BigValueGraphMode.None).reduceOptions(last());
  return filled(coloured(panel, options), options, { width: 6, height: 4 }, instant);
}

/** A bar for each series, as it is now. */
export function barGauge(options: PanelOptions): barGauges.PanelBuilder {
  const panel = new barGauges.PanelBuilder()
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic)
    .namePlacement(BarGaugeNamePlacement.Left)
    .reduceOptions(last())
    .min(0);
  return filled(coloured(panel, options), options, { width: 8, height: 7 }, instant);
}

type AnyPanel = lines.PanelBuilder | stats.PanelBuilder | barGauges.PanelBuilder;

const last = () => new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields('');
const ranged = (query: DataqueryBuilder) => query.range();
const instant = (query: DataqueryBuilder) => query.instant();

function filled<Panel extends AnyPanel>(
  panel: Panel,
  options: PanelOptions,
  size: { readonly width: number; readonly height: number },
  asked: (query: DataqueryBuilder) => DataqueryBuilder,
): Panel {
  for (const [index, [expr, legend]] of options.queries.entries())
    panel.withTarget(
      asked(
        new DataqueryBuilder()
          .refId(String.fromCharCode(65 + index))
          .datasource(datasource)
          .expr(expr)
          .legendFormat(legend),
      ),
    );
  return panel
    .title(options.title)
    .description(options.description)
    .unit(options.unit)
    .noValue('–')
    .mappings(mappings(options.words ?? {}))
    .datasource(datasource)
    .span(options.width ?? size.width)
    .height(options.height ?? size.height) as Panel;
}

function coloured<Panel extends stats.PanelBuilder | barGauges.PanelBuilder>(
  panel: Panel,
  { colours = [['text', null]] }: PanelOptions,
): Panel {
  return panel
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .thresholds(
      new ThresholdsConfigBuilder()
        .mode(ThresholdsMode.Absolute)
        .steps(colours.map(([color, value]) => ({ color, value }))),
    ) as Panel;
}

function mappings(words: Readonly<Record<string, string>>): ValueMapping[] {
  const entries = Object.entries(words);
  if (entries.length === 0) return [];
  const options = Object.fromEntries(entries.map(([value, text]) => [value, { text }]));
  return [{ type: MappingType.ValueToText, options }];
}
