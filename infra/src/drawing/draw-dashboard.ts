import { type Dashboard, VariableType } from '@grafana/grafana-foundation-sdk/dashboard';
import { theme } from './colours.js';
import { drawBars } from './draw-bars.js';
import { drawLines } from './draw-lines.js';
import { drawStat } from './draw-stat.js';
import {
  type Ask,
  type DataPanel,
  dataPanels,
  headings,
  panelData,
  type Series,
} from './panel-data.js';
import { resolved, type View } from './resolved.js';
import { escaped, movedBy, rect, textAt } from './svg.js';

/** A picture of a dashboard. */
export interface Drawing {
  readonly svg: string;
  /** Titles of panels that had nothing to show. */
  readonly empty: readonly string[];
}

/** A cell of Grafana's grid, and what is between two panels, in pixels. */
const cell = { width: 64, height: 38 } as const;
const gap = 8;
const margin = 16;
const pageHead = 64;
const panelHead = 32;
const pageWidth = 24 * cell.width + 2 * margin;

/** Draws a dashboard from what Prometheus answers, about as Grafana would show it. */
export async function drawDashboard(dashboard: Dashboard, view: View, ask: Ask): Promise<Drawing> {
  const empty: string[] = [];
  const content: string[] = [];
  for (const { title, gridPos } of headings(dashboard))
    content.push(
      textAt(`⌄  ${resolved(title ?? '', view)}`, {
        x: margin,
        y: top(gridPos?.y ?? 0) + 21,
        size: 16,
        colour: theme.text,
        bold: true,
      }),
    );
  for (const panel of dataPanels(dashboard)) {
    const series = await panelData(panel, view, ask);
    if (series.length === 0) empty.push(panel.title);
    content.push(drawPanel(panel, series, view));
  }
  return { svg: page(dashboard, view, content), empty };
}

const top = (row: number): number => pageHead + row * cell.height;

function page(dashboard: Dashboard, view: View, content: readonly string[]): string {
  const rows = (dashboard.panels ?? []).map(({ gridPos }) => (gridPos?.y ?? 0) + (gridPos?.h ?? 0));
  const height = top(Math.max(...rows)) + margin;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${pageWidth}" height="${height}" viewBox="0 0 ${pageWidth} ${height}" font-family="Inter, Roboto, Helvetica, Arial, sans-serif">`,
    `<title>${escaped(dashboard.title ?? '')}</title>`,
    rect({ x: 0, y: 0, width: pageWidth, height, fill: theme.page }),
    textAt(dashboard.title ?? '', { x: margin, y: 30, size: 20, colour: theme.text, bold: true }),
    textAt(dashboard.description ?? '', { x: margin, y: 52, size: 13, colour: theme.faint }),
    textAt(span(view), {
      x: pageWidth - margin,
      y: 30,
      size: 13,
      colour: theme.text,
      anchor: 'end',
    }),
    textAt(chosen(dashboard, view), {
      x: pageWidth - margin,
      y: 52,
      size: 13,
      colour: theme.faint,
      anchor: 'end',
    }),
    ...content,
    '</svg>\n',
  ].join('\n');
}

const span = ({ from, to }: View): string => {
  const [begin, end] = [from, to].map((time) => new Date(time * 1000).toISOString().slice(0, 19));
  return `${begin?.replace('T', ' ')} to ${end?.slice(11)} UTC`;
};

/** What the reader has chosen, as Grafana has it above the panels. */
function chosen(dashboard: Dashboard, { choices }: View): string {
  return (dashboard.templating.list ?? [])
    .filter(({ type }) => type === VariableType.Query)
    .map(({ name, label, includeAll }) => `${label}: ${includeAll ? 'All' : (choices[name] ?? '')}`)
    .join('    ');
}

function drawPanel(panel: DataPanel, series: readonly Series[], view: View): string {
  const { x, y, w, h } = panel.gridPos;
  const width = w * cell.width - gap;
  const height = h * cell.height - gap;
  const frame = rect({
    x: 0,
    y: 0,
    width,
    height,
    radius: 3,
    fill: theme.panel,
    stroke: theme.border,
  });
  const title = textAt(panel.title, { x: 10, y: 21, size: 14, colour: theme.text, bold: true });
  const room = { width: width - 12, height: height - panelHead - 6 };
  const data =
    series.length === 0
      ? textAt('No data', {
          x: width / 2,
          y: height / 2,
          size: 14,
          colour: theme.faint,
          anchor: 'middle',
        })
      : movedBy(6, panelHead, drawData(panel, series, view, room));
  const told = `<title>${escaped(panel.description ?? '')}</title>`;
  return movedBy(margin + x * cell.width, top(y), told + frame + title + data);
}

function drawData(
  panel: DataPanel,
  series: readonly Series[],
  view: View,
  room: { readonly width: number; readonly height: number },
): string {
  switch (panel.type) {
    case 'stat':
      return drawStat(panel, series, view, room);
    case 'bargauge':
      return drawBars(panel, series, room);
    case 'timeseries':
      return drawLines(panel, series, view, room);
    default:
      throw new Error(`Nobody has said how a panel of kind ${panel.type} is drawn.`);
  }
}
