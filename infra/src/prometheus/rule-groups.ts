import { dashboards, runbooks } from '../config.js';
import { durationText, hours, minutes } from '../duration.js';
import type { Alert } from './alert.js';
import { alertGroups } from './alerts.js';
import type { AlertingRule, RuleGroup } from './rule.js';
import { sloRules } from './slo-rules.js';

/**
 * Every rule.
 *
 * @param waits gives what is waited instead of so many seconds, for who wants to see alerts come and go in less
 */
export function ruleGroups(
  waits: (seconds: number) => number = (seconds) => seconds,
): readonly RuleGroup[] {
  const alerting = Object.entries(alertGroups).map(([name, rows]) => ({
    name: `bulkwatch-${name}`,
    rules: rows.map((row) => alertingRule(row, waits)),
  }));
  return [
    { name: 'bulkwatch-slo-hours', rules: sloRules((window) => !isSlow(window)) },
    {
      // Three days of every request are much to read, and change little within a minute.
      name: 'bulkwatch-slo-days',
      interval: durationText(waits(minutes(1))),
      rules: sloRules(isSlow),
    },
    ...alerting,
  ];
}

const isSlow = (window: number): boolean => window >= hours(6);

function alertingRule(row: Alert, waits: (seconds: number) => number): AlertingRule {
  const { forSeconds, keepFiringForSeconds } = row;
  return {
    alert: row.name,
    expr: row.expr,
    ...(forSeconds > 0 && { for: durationText(waits(forSeconds)) }),
    ...(keepFiringForSeconds !== undefined && {
      keep_firing_for: durationText(waits(keepFiringForSeconds)),
    }),
    labels: { severity: row.severity, ...row.labels },
    annotations: {
      summary: row.summary,
      description: row.description,
      runbook_url: `${runbooks}/${row.name}.md`,
      dashboard: `/d/${dashboards[row.dashboard]}`,
    },
  };
}
