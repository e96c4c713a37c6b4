import { chart } from './chart.js';
import { thresholdColour } from './colours.js';
import type { DataPanel, Series } from './panel-data.js';
import type { View } from './resolved.js';
import { lastValue, shownValue } from './shown-value.js';
import { textAt, widthOf } from './svg.js';

/** One number, and behind it how it got there. */
export function drawStat(
  panel: DataPanel,
  [series]: readonly Series[],
  view: View,
  { width, height }: { readonly width: number; readonly height: number },
): string {
  if (series === undefined) return '';
  const value = lastValue(series);
  const text = shownValue(panel, value);
  const colour = thresholdColour(value, panel.fieldConfig?.defaults);
  const size = Math.min(height * 0.4, 42, (width - 24) / widthOf(text, 1));
  const behind = series.points.length > 1 ? sparkline(series, view, { width, height, colour }) : '';
  const y = Math.round(height * (behind === '' ? 0.52 : 0.34) + size * 0.32);
  return (
    behind +
    textAt(text, { x: width / 2, y, size: Math.round(size), colour, anchor: 'middle', bold: true })
  );
}

function sparkline(
  { points }: Series,
  { from, to }: View,
  { width, height, colour }: { width: number; height: number; colour: string },
): string {
  const hidden = { show: false };
  return chart(width, height, {
    grid: { left: 0, right: 0, top: height * 0.64, bottom: 2 },
    xAxis: { type: 'time', min: from * 1000, max: to * 1000, ...hidden },
    yAxis: { type: 'value', min: 0, ...hidden },
    series: [
      {
        type: 'line',
        showSymbol: false,
        silent: true,
        lineStyle: { width: 1.2, color: colour },
        areaStyle: { color: colour, opacity: 0.18 },
        data: points.map(([time, value]) => [time * 1000, value]),
      },
    ],
  });
}
