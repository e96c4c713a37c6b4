export { alertmanagerConfig } from './alertmanager/alertmanager-files.js';
export { inhibitions } from './alertmanager/inhibitions.js';
export type { Receivers } from './alertmanager/receivers.js';
export { type ReceiverName, receiverNames, routes } from './alertmanager/routes.js';
export { burnRates, dashboards, objectives, scrapeJobs } from './config.js';
export { type Drawing, drawDashboard } from './drawing/draw-dashboard.js';
export {
  type Ask,
  type DataPanel,
  dataPanels,
  type PrometheusSeries,
  queriesOf,
} from './drawing/panel-data.js';
export { resolved, type View } from './drawing/resolved.js';
export { durationText } from './duration.js';
export type { GeneratedFile } from './generated-file.js';
export { generatedFiles } from './generated-files.js';
export { allDashboards, type NamedDashboard } from './grafana/all-dashboards.js';
export type { Alert, Severity } from './prometheus/alert.js';
export { alertGroups, alerts } from './prometheus/alerts.js';
export type { AlertingRule, RecordingRule, Rule, RuleGroup } from './prometheus/rule.js';
export { ruleGroups } from './prometheus/rule-groups.js';
export { type Slo, slos } from './prometheus/slos.js';
