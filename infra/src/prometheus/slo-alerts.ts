import { burnRates, type dashboards, fewestFailures, objectives } from '../config.js';
import { durationText, minutes } from '../duration.js';
import type { Alert } from './alert.js';
import { up } from './promql.js';
import { countOfFailures, shareOfFailures } from './slo-rules.js';
import { type Slo, slos } from './slos.js';

interface Words {
  readonly name: Alert['name'];
  readonly summary: string;
  /** What the share is of, behind "12% of the …". */
  readonly failures: string;
  readonly dashboard: keyof typeof dashboards;
}

/** What the alerts of a promise say. */
const words: Readonly<Record<Slo['key'], Words>> = {
  latePolls: {
    name: 'BulkwatchPollsLate',
    summary: 'Polls start late.',
    failures: 'polls started late',
    dashboard: 'fleet',
  },
  lateCompletions: {
    name: 'BulkwatchCompletionsLate',
    summary: 'Subscribers are told late that exports are complete.',
    failures: 'completions were told late',
    dashboard: 'fleet',
  },
  failedRequests: {
    name: 'BulkwatchApiErrors',
    summary: 'The api answers with errors.',
    failures: 'requests got a 5xx',
    dashboard: 'internals',
  },
  slowRequests: {
    name: 'BulkwatchApiSlow',
    summary: 'The api answers slowly.',
    failures: 'requests were answered slowly',
    dashboard: 'internals',
  },
};

/** Is a promise being broken, and how fast? */
export const sloAlerts: readonly Alert[] = [
  ...slos.flatMap((slo) => burnRates.map((rate) => burnAlert(slo, rate))),
  {
    // A promise whose metric is gone, by another version or a scrape that drops it, is never broken.
    name: 'BulkwatchSloUnmeasured',
    severity: 'warning',
    expr: slos.map(unmeasured).join('\nor '),
    when: 'a service is up, and a metric by which a promise is measured is not there',
    forSeconds: minutes(15),
    summary: 'Nobody can tell about {{ $labels.slo }}.',
    description:
      'The service is up, and the metric that counts them has been absent for 15 minutes.',
    dashboard: 'internals',
  },
];

function burnAlert(slo: Slo, rate: (typeof burnRates)[number]): Alert {
  const { name, summary, failures, dashboard } = words[slo.key];
  const allowed = 1 - objectives[slo.key];
  const bound = decimal(rate.factor * allowed);
  const long = durationText(rate.longWindow);
  const fewest = fewestFailures[slo.key];
  const page = rate.severity === 'critical';
  return {
    name,
    severity: rate.severity,
    expr: [
      `${shareOfFailures(slo, rate.longWindow)} > ${bound}`,
      `and ${shareOfFailures(slo, rate.shortWindow)} > ${bound}`,
      `and ${countOfFailures(slo, rate.longWindow)} >= ${fewest}`,
    ].join('\n'),
    when: `more than ${decimal(rate.factor * allowed * 100)} % of the ${failures} in ${long}, and in the last ${durationText(rate.shortWindow)}, and at least ${fewest} of them`,
    forSeconds: page ? minutes(2) : minutes(15),
    keepFiringForSeconds: page ? minutes(5) : minutes(30),
    labels: { slo: slo.failures, window: long },
    summary,
    description: `{{ $value | humanizePercentage }} of the ${failures} in ${long}, where ${decimal(allowed * 100)}% are allowed in thirty days.`,
    dashboard,
  };
}

function unmeasured({ failures, witness, job }: Slo): string {
  const absent = `(absent(${witness}) and on () max(${up(job)}) == 1)`;
  return `label_replace(${absent}, "slo", "${failures}", "", "")`;
}

/** Without the last digits of binary fractions. */
function decimal(value: number): string {
  return String(Number(value.toPrecision(6)));
}
