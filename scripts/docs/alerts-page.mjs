import {
  alerts,
  burnRates,
  durationText,
  inhibitions,
  objectives,
  routes,
  slos,
} from '@bulkwatch/infra';
import { code, codes, page, table } from './markdown.mjs';

const introduction = `\
Prometheus evaluates the rules of [infra/prometheus/rules](../infra/prometheus/rules), Alertmanager tells somebody, and a page of
[runbooks](runbooks) says what to do. Rules, routes and this page come from one table; to change a threshold, change \`infra/src/config.ts\` and
run \`npx tsc -b && node infra/dist/generate.js && node scripts/generate-docs.mjs\`.

| Severity | Means |
| --- | --- |
| \`critical\` | exports are not being watched or cannot be registered, something is about to be lost, or a promise is being broken fast: somebody is woken |
| \`warning\` | somebody looks at it today |
| \`none\` | nothing is wrong; see [the sign of life](#the-sign-of-life) |

Labels of an alert are \`severity\` and what its page names; annotations are \`summary\`, \`description\`, \`runbook_url\` and \`dashboard\`, the last two
below the addresses of your own copies ([messages](#messages)). An alert that has fired goes on for some minutes after its cause is over
(\`keep_firing_for\`), so that what comes and goes is told once; this needs Prometheus 2.42 or later.

\`bulkwatch\` in a runbook is the [command line tool](cli.md), in compose \`docker compose run --rm cli\`. What it asks of the api wants a key: have one at
hand for each tenant, since a key sees the jobs of its own alone.`;

const budgets = `\
What may go wrong in thirty days is the error budget: of 99.9 %, one in a thousand. How fast it burns is the share that goes wrong, divided by what is
allowed; at rate 1 it lasts just for thirty days. Each promise has three alerts, after the SRE workbook: both windows must show the rate, the
long one so that it matters, the short one so that the alert ends soon after the trouble.`;

const guards = `\
Nothing is told where nothing happens, and nothing of a handful of failures: the list of alerts says how many there must be. Shares and counts are
recorded as \`bulkwatch:<failures>:ratio_rate<window>\` and \`bulkwatch:<failures>:increase<window>\`. Where a metric that counts for a promise is gone
while its service is up, \`BulkwatchSloUnmeasured\` tells.

How much of a budget is left can be asked of a Prometheus that keeps thirty days (that of compose keeps fifteen), such as:

\`\`\`text
1 - sum(increase(bulkwatch_polls_started_total{punctual="false"}[30d])) / sum(increase(bulkwatch_polls_started_total[30d])) / 0.001
\`\`\``;

const told = `\
Nobody, at first: [alertmanager.yml](../infra/alertmanager/alertmanager.yml) collects alerts and shows them on Alertmanager's page. Choose another with
\`ALERTMANAGER_CONFIG\`, and put what it needs into the folder \`alerting\` of your deployment (\`DEPLOYMENT_DIR\`), one secret in each file,
readable by uid 65534:

| \`ALERTMANAGER_CONFIG\` | \`page\` | \`ticket\` | \`watchdog\` |
| --- | --- | --- | --- |
| \`webhooks.yml\` | posted to the URL in \`page-url\` | to that in \`ticket-url\` | to that in \`watchdog-url\` |
| \`pagerduty-and-slack.yml\` | PagerDuty, Events API v2, key in \`pagerduty-routing-key\` | Slack, incoming webhook in \`slack-url\` | posted to the URL in \`watchdog-url\` |

The files are read for each message, so that a new secret needs no restart. For anything else put a file of your own beside these: the same but for
\`receivers\`, which are named \`page\`, \`ticket\` and \`watchdog\`. Such as by mail:

\`\`\`yaml
receivers:
  - name: page
    pagerduty_configs:
      - routing_key_file: /run/alerting/pagerduty-routing-key
        description: '{{ template "bulkwatch.title" . }}'
  - name: ticket
    email_configs:
      - to: operations@example.org
        from: bulkwatch@example.org
        smarthost: mail.example.org:587
        auth_username: bulkwatch
        auth_password_file: /run/alerting/mail-password
        send_resolved: true
        headers: { Subject: '{{ template "bulkwatch.title" . }}' }
        text: '{{ template "bulkwatch.text" . }}'
  - name: watchdog
\`\`\`

On Kubernetes the same rules come as a PrometheusRule, and the Alertmanager is that of the cluster: it needs three routes, by \`severity\`, and the
\`inhibit_rules\` of ours. Messages of the same alert are sent together; what has a severity that is not ours goes to \`ticket\`.`;

const life = `\
\`BulkwatchWatchdog\` always fires, and is sent every minute. Give \`watchdog\` the URL of something that raises the alarm when it hears nothing for
ten minutes, on other machines than Prometheus and Alertmanager: a check of a monitoring service that takes any \`POST\` as a sign of life
(Healthchecks, Dead Man's Snitch, Cronitor and others have these). Without it nobody learns that Prometheus itself is down.`;

const messages = `\
[bulkwatch.tmpl](../infra/alertmanager/templates/bulkwatch.tmpl) has the words of messages (\`bulkwatch.title\`, \`bulkwatch.text\`), and at its top two
addresses to fill in: \`bulkwatch.runbooks\`, where a copy of this repository is to be read, and \`bulkwatch.grafana\`. Webhooks get
Alertmanager's JSON instead, with the annotations as they are.`;

/** docs/alerts.md */
export function alertsPage() {
  return page({
    title: 'Alerts',
    source: 'infra/src/prometheus and infra/src/alertmanager',
    parts: [
      introduction,
      '## All of them',
      alertRows(),
      '## What is promised',
      promises(),
      '## Error budgets',
      budgets,
      rates(),
      guards,
      '## Who is told',
      routeRows(),
      told,
      '## What keeps what quiet',
      quiet(),
      '## The sign of life',
      life,
      '## Messages',
      messages,
    ],
  });
}

function alertRows() {
  const rows = alerts.map(({ name, severity, when, forSeconds }) => [
    `[${name}](runbooks/${name}.md)`,
    code(severity),
    when,
    forSeconds === 0 ? '' : durationText(forSeconds),
  ]);
  return table(['Alert', 'Severity', 'Fires when', 'For'], rows);
}

function promises() {
  const rows = slos.map(({ failures, promise }) => [
    code(failures),
    promise,
    `[${alertOf(failures)}](runbooks/${alertOf(failures)}.md)`,
  ]);
  return table(['Failures', 'In thirty days', 'Alert'], rows);
}

const alertOf = (failures) => alerts.find(({ labels }) => labels?.slo === failures).name;

function rates() {
  const month = 30 * 24 * 3600;
  const percent = (share) => `${Number((share * 100).toPrecision(3))} %`;
  const rows = burnRates.map(({ severity, factor, longWindow, shortWindow }) => [
    code(severity),
    `${factor}`,
    `${durationText(longWindow)} and ${durationText(shortWindow)}`,
    percent((factor * longWindow) / month),
    percent(factor * (1 - objectives.latePolls)),
    percent(factor * (1 - objectives.slowRequests)),
  ]);
  const head = [
    'Severity',
    'Rate',
    'Windows',
    'Budget that is gone by then',
    'Of 99.9 %',
    'Of 99 %',
  ];
  return table(head, rows);
}

function routeRows() {
  const rows = routes.map(({ severity, receiver, groupWait, groupInterval, repeatInterval }) => [
    code(severity),
    code(receiver),
    durationText(groupWait),
    durationText(groupInterval),
    durationText(repeatInterval),
  ]);
  return table(['Severity', 'Receiver', 'First after', 'More of it after', 'Again after'], rows);
}

function quiet() {
  const names = (matcher) => /^alertname =~? "(.*)"$/.exec(matcher)?.[1].split('|') ?? [matcher];
  const words = (matchers) => codes(matchers.flatMap(names));
  const rows = inhibitions().map(({ source_matchers, target_matchers, equal = [] }) => [
    words(source_matchers),
    words(target_matchers),
    codes(equal),
  ]);
  return table(['While this fires', 'nobody is told of', 'of the same'], rows);
}
