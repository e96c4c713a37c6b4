import { allDashboards } from '@bulkwatch/infra';
import { page, table } from './markdown.mjs';

const introduction = `\
\`docker compose --profile observability up\` starts Grafana with these in the folder *Bulkwatch*, the first of them as its home page; for a Grafana of your own, import
\`infra/grafana/dashboards/*.json\`. Each asks for a data source and for the scrape jobs that are to be shown, and leads to the others with what was
chosen. They are made from TypeScript in \`infra/src/grafana\` and cannot be edited in Grafana: change them there, then run
\`node infra/dist/generate.js\`. Names of metrics are checked by the compiler.

The pictures are no screenshots. They were drawn from the answers of a Prometheus to every query of every panel, while an api, two workers and
simulated providers had three lively minutes: one provider goes out, is paused and comes back, one receiver of webhooks takes nothing, one subscriber
reads too little. \`DRAW_DASHBOARDS=180 npm test -- tests/infra/live-dashboards\` draws them anew. The same test, in its half minute, fails for
each query that brings no number.`;

/** docs/dashboards.md */
export function dashboardsPage() {
  return page({
    title: 'Dashboards',
    source: 'infra/src/grafana',
    parts: [introduction, ...allDashboards.flatMap(section)],
  });
}

function section({ name, dashboard }) {
  const { title, description, panels } = dashboard;
  return [
    `## ${title.replace('Bulkwatch: ', '')}`,
    `${description} Choose: ${choices(dashboard)}.`,
    `[![The dashboard ${title}](dashboards/${name}.svg)](dashboards/${name}.svg)`,
    ...rowsOf(panels).flatMap(({ heading, rows }) => [
      `**${heading}**`,
      table(['Panel', 'What it shows'], rows),
    ]),
  ];
}

const choices = ({ templating }) =>
  templating.list.map(({ label }) => label.toLowerCase()).join(', ');

/** The panels below each heading. */
function rowsOf(panels) {
  const found = [];
  for (const { type, title, description } of panels)
    if (type === 'row')
      found.push({ heading: title.replace('$provider', 'The provider'), rows: [] });
    else found.at(-1).rows.push([title, description]);
  return found;
}
