import { theme, thresholdColour } from './colours.js';
import type { DataPanel, Series } from './panel-data.js';
import { lastValue, shownValue } from './shown-value.js';
import { fitted, rect, textAt } from './svg.js';

const size = 12;
const nameWidth = 190;
const valueWidth = 70;

/** A bar for each series, as long as its last value. */
export function drawBars(
  panel: DataPanel,
  series: readonly Series[],
  { width, height }: { readonly width: number; readonly height: number },
): string {
  const line = Math.min(36, height / Math.max(1, series.length));
  const name = Math.min(nameWidth, width * 0.45);
  const room = width - name - valueWidth - 24;
  const longest = Math.max(...series.map(lastValue), Number.MIN_VALUE);
  return series
    .map((one, index) => {
      const value = lastValue(one);
      const y = Math.round(index * line);
      const bar = { x: name + 16, y: y + 4, height: Math.max(6, Math.round(line) - 10), radius: 2 };
      const middle = bar.y + bar.height / 2 + 4;
      const colour = thresholdColour(value, panel.fieldConfig?.defaults);
      const fill = colour === theme.text ? '#5794f2' : colour;
      return [
        textAt(fitted(one.name, size, name), {
          x: name + 8,
          y: middle,
          size,
          colour: theme.text,
          anchor: 'end',
        }),
        rect({ ...bar, width: Math.round(room), fill: theme.unfilled }),
        rect({ ...bar, width: Math.max(1, Math.round((room * value) / longest)), fill }),
        textAt(shownValue(panel, value), { x: width - 8, y: middle, size, colour, anchor: 'end' }),
      ].join('');
    })
    .join('');
}
