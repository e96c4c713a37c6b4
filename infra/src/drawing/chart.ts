/** The one place that knows the plotting library. */
import { LineChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([LineChart, GridComponent, SVGRenderer]);

/** Draws a chart: the content of an `svg` element of that size. */
export function chart(width: number, height: number, option: EChartsCoreOption): string {
  const plot = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    plot.setOption({ animation: false, ...option });
    return withoutWrapping(plot.renderToSVGString());
  } finally {
    // Else its timers keep the process alive.
    plot.dispose();
  }
}

/** Without the element itself, what is for pointers alone, and digits that nobody sees. */
const withoutWrapping = (text: string): string =>
  text
    .replace(/^<svg[^>]*>/, '')
    .replace(/<\/svg>\s*$/, '')
    .replaceAll(/<style.*?<\/style>/gs, '')
    .replaceAll(/ (?:class|pointer-events)="[^"]*"/g, '')
    .replaceAll(/<rect[^>]*fill="none"[^>]*><\/rect>\n?/g, '')
    .replaceAll(/font-family:[^;"]*;?/g, '')
    .replaceAll(/ (?:d|transform)="[^"]*"/g, (places) =>
      places.replaceAll(/-?\d+\.\d{2,}/g, (number) => String(Number(Number(number).toFixed(1)))),
    );
