import { expect, it } from 'vitest';
import { createDashboard } from '../grafana/dashboard.js';
import { badFrom, barGauge, stat, timeseries } from '../grafana/panels.js';
import { drawDashboard } from './draw-dashboard.js';
import type { Ask } from './panel-data.js';

const panel = (title: string) => ({
  title,
  description: 'What <it> shows.',
  unit: 'short',
  queries: [[title.toLowerCase(), '{{name}} line']] as const,
});
const dashboard = createDashboard({
  uid: 'u',
  title: 'A & B',
  description: 'How is it?',
  sections: [
    {
      title: 'All of it',
      panels: [
        stat({ ...panel('Stat'), words: { 2: 'two' }, colours: badFrom(2) }),
        timeseries(panel('Lines')),
        timeseries({ ...panel('Stacked'), stacked: true }),
        barGauge(panel('Bars')),
        timeseries(panel('Nothing')),
        timeseries(panel('Nan')),
      ],
    },
  ],
});
const view = { from: 100, to: 160, step: 15, scrapeInterval: 15, choices: { job: 'j' } };

const ask: Ask = async ({ expr, from, to, step }) => {
  if (expr === 'nothing') return [];
  const value = expr === 'nan' ? 'NaN' : '2';
  const times = Array.from(
    { length: 1 + Math.floor((to - from) / step) },
    (_, at) => from + at * step,
  );
  return [{ metric: { name: 'first' }, values: times.map((time) => [time, value]) }];
};

it('draws every kind of panel, and says which had no number to show', async () => {
  const { svg, empty } = await drawDashboard(dashboard, view, ask);

  expect(empty).toEqual(['Nothing', 'Nan']);
  expect(svg.match(/No data/g)).toHaveLength(2);
  expect(svg).toContain('>A &amp; B</text>');
  expect(svg).toContain('What &lt;it&gt; shows.');
  // The word for 2, in the colour of the threshold that it has reached.
  expect(svg).toMatch(/fill="#f2495c"[^>]*>two<\/text>/);
  // Lines have their names in a legend, bars beside them.
  expect(svg.match(/>first line<\/text>/g)).toHaveLength(3);
});

it('does not guess how a kind of panel is drawn', async () => {
  const panels = dashboard.panels?.map((one) => ({ ...one, type: 'heatmap' })) ?? [];

  await expect(drawDashboard({ ...dashboard, panels }, view, ask)).rejects.toThrow('heatmap');
});
