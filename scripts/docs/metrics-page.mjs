import { labelValues } from '@bulkwatch/contract';
import { metricsTable } from '@bulkwatch/runtime';
import { code, codes, list, page } from './markdown.mjs';

const introduction = `\
Each service exposes its metrics in Prometheus's text format at \`/metrics\` of its ops port (the api's is
9101, the worker's 9102), together with prom-client's defaults for the process (\`process_*\`, \`nodejs_*\`).
Every combination of closed label values is there at zero from the start, so that a rate or an alert never
waits for a first occurrence. No label ever holds a job or a tenant, nor more of a URL than its origin: those are
in the log.

What is said of the whole fleet is told by one worker, which the workers elect; the others have no such series. A
successor takes over within about ten seconds, so that for a moment two may have them, or none: aggregate as each
metric says. While Redis is away there are none.`;

/** What is behind the sets of label values that the services bring. */
const broughtValues = {
  reason: '`none`, or a [reason](reasons.md)',
  state: codes(labelValues.state),
  event: codes(labelValues.event),
  anomaly: codes(labelValues.anomaly),
  health: codes(labelValues.health),
  hold: codes(labelValues.hold),
  action: codes(labelValues.action),
  scoredOutcome:
    '`in-progress`, `manifest-page`, `redirected`, `complete`, or a [reason](reasons.md)',
};

/** docs/metrics.md */
export function metricsPage() {
  const readers = [
    ['Of the worker', ['worker']],
    ['Of the api', ['api']],
    ['Of both', ['api', 'worker']],
  ];
  return page({
    title: 'Metrics',
    source: 'packages/runtime/src/metrics/metrics-table.ts',
    parts: [introduction, ...readers.flatMap(([title, services]) => section(title, services))],
  });
}

function section(title, services) {
  const rows = metricsTable.filter((row) => row.services.join() === services.join());
  return [`## ${title}`, ...rows.map(metric)];
}

function metric(row) {
  const facts = [
    `${row.type}${unitOf(row)}`,
    ...Object.entries(row.labels).map(
      ([label, domain]) => `${code(label)}: ${valuesOf(domain, row.bounds?.[label])}`,
    ),
    ...(row.elected ? ['told by the elected worker'] : []),
    ...(row.buckets ? [`buckets: ${row.buckets.join(', ')}`] : []),
  ];
  return [`### ${code(row.name)}`, row.help, list(facts), row.neededFor].join('\n\n');
}

/** The unit is in the name (https://prometheus.io/docs/practices/naming). Where there is none, the metric counts. */
function unitOf({ name }) {
  const [, unit] = /_(seconds|bytes|ratio)(?:_total)?$/.exec(name) ?? [];
  return unit === undefined ? '' : unit === 'ratio' ? ', a share from 0 to 1' : `, in ${unit}`;
}

function valuesOf(domain, bound) {
  if (domain === 'open') return bound;
  return typeof domain === 'string' ? broughtValues[domain] : codes(domain);
}
