/** Panels of a Grafana dashboard, with what they have in common said once. */

const datasource = { type: 'prometheus', uid: '${datasource}' };

/**
 * One number, and how it got there. `colours` is a list of [colour, the value from which it holds].
 * `queries` is a list of [expression, legend].
 */
export const stat = ({ colours = [['text', null]], ...options }) => ({
  ...panel('stat', { width: 4, height: 4, ...options }),
  fieldConfig: {
    defaults: {
      unit: options.unit,
      noValue: '–',
      color: { mode: 'thresholds' },
      thresholds: { mode: 'absolute', steps: colours.map(([color, value]) => ({ color, value })) },
    },
    overrides: [],
  },
  options: {
    colorMode: 'value',
    graphMode: 'area',
    justifyMode: 'auto',
    orientation: 'auto',
    reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    textMode: 'auto',
  },
});

/** Lines over time. `stacked` fills and stacks them. `queries` is a list of [expression, legend]. */
export const timeseries = ({ stacked = false, ...options }) => ({
  ...panel('timeseries', { width: 12, height: 8, ...options }),
  fieldConfig: {
    defaults: {
      unit: options.unit,
      min: options.min === undefined ? 0 : options.min,
      color: { mode: 'palette-classic' },
      custom: {
        drawStyle: 'line',
        lineWidth: 1,
        fillOpacity: stacked ? 40 : 5,
        showPoints: 'never',
        // A missed scrape is bridged; a longer gap means that nobody reported.
        spanNulls: 60_000,
        stacking: { mode: stacked ? 'normal' : 'none', group: 'A' },
      },
    },
    overrides: [],
  },
  options: {
    legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
    tooltip: { mode: 'multi', sort: 'desc' },
  },
});

/** A heading across the page. */
export const row = (title) => ({ type: 'row', title, collapsed: false, panels: [], size: [24, 1] });

/** Numbers the panels and puts them on Grafana's grid of 24 columns, left to right and line by line. */
export function layOut(panels) {
  let [x, y, lineHeight] = [0, 0, 0];
  return panels.map(({ size: [w, h], ...panel }, index) => {
    if (x + w > 24) {
      y += lineHeight;
      [x, lineHeight] = [0, 0];
    }
    const placed = { id: index + 1, ...panel, gridPos: { x, y, w, h } };
    x += w;
    lineHeight = Math.max(lineHeight, h);
    return placed;
  });
}

function panel(type, { title, description, queries, width, height }) {
  return {
    type,
    title,
    description,
    datasource,
    targets: queries.map(([expr, legendFormat], index) => ({
      refId: String.fromCharCode(65 + index),
      datasource,
      expr,
      legendFormat,
      range: true,
    })),
    size: [width, height],
  };
}
