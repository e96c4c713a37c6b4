import { minutes } from '../duration.js';
import type { Alert } from './alert.js';

/** Counters of Prometheus and Alertmanager themselves, by what does not work when they grow. */
const failures = {
  rules: 'prometheus_rule_evaluation_failures_total{job="prometheus"}',
  'sending to Alertmanager': 'prometheus_notifications_errors_total{job="prometheus"}',
  'telling a receiver': 'alertmanager_notifications_failed_total{job="alertmanager"}',
};

/** Does anybody hear us? */
export const watchAlerts: readonly Alert[] = [
  {
    // Each has to go on, since all of them are tried again. By name of the scrape job in our own prometheus.yml: an
    // Alertmanager that others run has alerts of its own.
    name: 'BulkwatchAlertingBroken',
    severity: 'warning',
    expr: Object.entries(failures).map(growing).join('\nor '),
    when: 'rules cannot be evaluated, or alerts cannot be sent to Alertmanager or by it to a receiver',
    forSeconds: minutes(10),
    keepFiringForSeconds: minutes(10),
    summary: 'Alerts may reach nobody: {{ $labels.part }} fails.',
    description:
      'It has failed again and again for ten minutes; {{ $labels.job }} has the reason in its log.',
    dashboard: 'internals',
  },
  {
    name: 'BulkwatchWatchdog',
    severity: 'none',
    expr: 'vector(1)',
    when: 'always',
    forSeconds: 0,
    summary: 'Alerts arrive.',
    description:
      'It always fires. Whoever receives it has to tell somebody when it has not come for a while: then no other alert would come either.',
    dashboard: 'internals',
  },
];

function growing([part, counter]: [string, string]): string {
  return `label_replace(sum by (job) (increase(${counter}[5m])), "part", "${part}", "", "") > 0`;
}
