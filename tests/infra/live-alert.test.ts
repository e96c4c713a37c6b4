import { alerts, ruleGroups, scrapeJobs } from '@bulkwatch/infra';
import { eventually, freePort, type RunningProcess } from '@bulkwatch/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Fleet, portOf, startFleet } from '../e2e/fleet.js';
import { type LiveAlertmanager, startAlertmanager } from './support/live-alertmanager.js';
import { type LivePrometheus, startPrometheus } from './support/live-prometheus.js';

/**
 * A minute is a second and a half, so that an alert comes and goes while we look, and one scrape that is missed on a busy
 * machine is no alert.
 */
const waits = (seconds: number): number =>
  seconds === 0 ? 0 : Math.max(1, Math.round(seconds / 40));
const patience = { timeoutMs: 20_000, everyMs: 100 };

const rules = ruleGroups(waits);

let fleet: Fleet;
let worker: RunningProcess;
let alertmanager: LiveAlertmanager;
let prometheus: LivePrometheus;
let startWorker: () => Promise<RunningProcess>;

beforeAll(async () => {
  const workerPort = await freePort();
  [fleet, alertmanager] = await Promise.all([startFleet(), startAlertmanager(waits)]);
  startWorker = () => fleet.startWorker({ env: { BULKWATCH_WORKER_OPS_PORT: String(workerPort) } });
  worker = await startWorker();
  prometheus = await startPrometheus(
    {
      [scrapeJobs.api]: portOf(fleet.api, 'api listening', 'opsPort'),
      [scrapeJobs.worker]: workerPort,
    },
    { rules: { groups: rules }, alertmanagerPort: alertmanager.port },
  );
}, 60_000);
afterAll(async () => {
  await prometheus?.stop();
  await alertmanager?.stop();
  await fleet?.stop();
});

const told = (alertname: string) =>
  alertmanager.notices.filter((notice) => notice.alertname === alertname);

it('every rule can be evaluated, and the sign of life arrives where it belongs', async () => {
  await eventually(async () => {
    expect(await prometheus.ruleProblems()).toEqual([]);
    expect(await prometheus.evaluatedRules()).toBe(rules.flatMap((group) => group.rules).length);
    expect(told('BulkwatchWatchdog')[0]?.receiver).toBe('watchdog');
  }, patience);
  // While all is well nobody is told of anything else.
  expect(alertmanager.notices.filter(({ receiver }) => receiver !== 'watchdog')).toEqual([]);
});

it('the metrics by which Prometheus and Alertmanager are judged are theirs', async () => {
  const exposed = `${await prometheus.metrics()}\n${await alertmanager.metrics()}`;
  const asked = alerts.flatMap(
    ({ expr }) => expr.match(/\b(?:prometheus|alertmanager)_\w+/g) ?? [],
  );

  expect(asked.length).toBeGreaterThan(2);
  for (const name of asked) expect(exposed).toMatch(new RegExp(`^${name}{`, 'm'));
});

it('no worker: the alert is pending, then fires, wakes somebody, and is over when one is back', async () => {
  const alert = 'BulkwatchWorkerAbsent';
  await worker.kill();

  const page = { receiver: 'page', alertname: alert, runbook: `docs/runbooks/${alert}.md` };
  await eventually(() => expect(told(alert)).toEqual([{ ...page, status: 'firing' }]), patience);
  const firstSeen = (state: string) =>
    prometheus.query(
      `min_over_time(timestamp(ALERTS{alertname="${alert}", alertstate="${state}"})[1m:1s])`,
    );
  const [pendingAt] = (await firstSeen('pending')) as [{ value: [number, string] }];
  const [firingAt] = (await firstSeen('firing')) as [{ value: [number, string] }];
  expect(Number(firingAt.value[1]) - Number(pendingAt.value[1])).toBeGreaterThanOrEqual(waits(120));

  worker = await startWorker();
  await eventually(
    () => expect(told(alert).at(-1)).toEqual({ ...page, status: 'resolved' }),
    patience,
  );
  expect(new Set(told(alert).map(({ receiver }) => receiver))).toEqual(new Set(['page']));
});

it('a cause keeps its consequences quiet, and those of others not', async () => {
  await alertmanager.tell([
    { alertname: 'BulkwatchRedisDown', severity: 'critical', job: scrapeJobs.api, instance: 'a1' },
    { alertname: 'BulkwatchApiErrors', severity: 'critical', window: '1h' },
    { alertname: 'BulkwatchPollsOverdue', severity: 'critical' },
  ]);

  await eventually(async () => {
    expect(await alertmanager.inhibited()).toEqual(['BulkwatchApiErrors']);
    expect(told('BulkwatchPollsOverdue')).toHaveLength(1);
    expect(told('BulkwatchRedisDown')).toHaveLength(1);
  }, patience);
  expect(told('BulkwatchApiErrors')).toEqual([]);
});
