import { chart } from './chart.js';
import { lineColour, theme } from './colours.js';
import type { DataPanel, Series } from './panel-data.js';
import type { View } from './resolved.js';
import { fitted, movedBy, rect, textAt, widthOf } from './svg.js';
import { valueText } from './value-text.js';

const legendSize = 11;
const legendLine = 17;
const mostLegendLines = 4;

/** Lines over time, and below them what they are called. */
export function drawLines(
  panel: DataPanel,
  series: readonly Series[],
  view: View,
  { width, height }: { readonly width: number; readonly height: number },
): string {
  const legend = legendLines(series, width);
  const plotHeight = height - legend.length * legendLine - 4;
  const plot = chart(width, plotHeight, option(panel, series, view));
  const names = legend.map((entries, line) =>
    movedBy(0, plotHeight + 4 + line * legendLine, entries.join('')),
  );
  return plot + names.join('');
}

function option(panel: DataPanel, series: readonly Series[], view: View) {
  const { unit = 'none', min, custom } = panel.fieldConfig?.defaults ?? {};
  const { stacking, fillOpacity = 0 } = (custom ?? {}) as {
    readonly stacking?: { readonly mode: string };
    readonly fillOpacity?: number;
  };
  const stacked = stacking?.mode === 'normal';
  const label = { color: theme.faint, fontSize: legendSize };
  const line = { lineStyle: { color: theme.grid } };
  return {
    useUTC: true,
    grid: { left: 62, right: 12, top: 8, bottom: 22 },
    xAxis: {
      type: 'time',
      min: view.from * 1000,
      max: view.to * 1000,
      splitNumber: 4,
      axisLabel: { ...label, hideOverlap: true, formatter: '{HH}:{mm}:{ss}' },
      axisLine: line,
      axisTick: { show: false },
      splitLine: { show: true, ...line },
    },
    yAxis: {
      type: 'value',
      ...(min === undefined ? {} : { min }),
      ...ticks(series, unit),
      splitNumber: 4,
      axisLabel: { ...label, formatter: (value: number) => valueText(value, unit) },
      splitLine: line,
    },
    series: series.map(({ points }, index) => ({
      type: 'line',
      showSymbol: points.length === 1,
      symbolSize: 4,
      silent: true,
      ...(stacked && { stack: 'A' }),
      lineStyle: { width: 1.3, color: lineColour(index) },
      itemStyle: { color: lineColour(index) },
      areaStyle: { color: lineColour(index), opacity: fillOpacity / 100 },
      data: (stacked ? onGrid(points, view) : withoutMiddles(points)).map(([time, value]) => [
        time * 1000,
        value,
      ]),
    })),
  };
}

/** Where the library's own idea of a round number is not ours. */
function ticks(series: readonly Series[], unit: string): { max?: number; interval?: number } {
  const values = series.flatMap(({ points }) => points.map(([, value]) => value));
  const highest = Math.max(0, ...values);
  if (unit === 'bool_yes_no') return { max: 1, interval: 1 };
  // Zero alone is a line at the bottom.
  if (values.every((value) => value === 0)) return { max: 1, interval: 0.5 };
  if (unit === 's' && highest > 60) return wholeSteps(highest, roundSpan(highest / 4));
  if (unit === 'bytes') return wholeSteps(highest, 2 ** Math.ceil(Math.log2(highest / 5)));
  return {};
}

const wholeSteps = (highest: number, interval: number) => ({
  max: Math.ceil(highest / interval) * interval,
  interval,
});

/** The shortest span that people count in and that is as long. */
const roundSpan = (seconds: number): number =>
  [15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600].find((span) => span >= seconds) ??
  86_400 * Math.ceil(seconds / 86_400);

type Points = Series['points'];

/** Stacked lines need a point at each step: where there is none, nothing is added. */
function onGrid(points: Points, { from, to, step }: View): Points {
  const values = new Map(points.map(([time, value]) => [Math.round((time - from) / step), value]));
  const count = Math.floor((to - from) / step) + 1;
  return Array.from({ length: count }, (_, at) => [from + at * step, values.get(at) ?? 0]);
}

/** Points in the middle of a level stretch draw nothing. */
function withoutMiddles(points: Points): Points {
  return points.filter(
    ([, value], at) => points[at - 1]?.[1] !== value || points[at + 1]?.[1] !== value,
  );
}

function legendLines(series: readonly Series[], width: number): string[][] {
  const lines: string[][] = [[]];
  let x = 4;
  for (const [index, { name }] of series.entries()) {
    const text = fitted(name, legendSize, width - 30);
    const taken = widthOf(text, legendSize) + 34;
    if (x + taken > width && x > 4) {
      if (lines.length === mostLegendLines) break;
      lines.push([]);
      x = 4;
    }
    lines
      .at(-1)
      ?.push(
        rect({ x, y: 7, width: 14, height: 4, radius: 2, fill: lineColour(index) }),
        textAt(text, { x: x + 19, y: 13, size: legendSize, colour: theme.text }),
      );
    x += taken;
  }
  return lines;
}
