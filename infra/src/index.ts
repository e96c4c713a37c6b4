export { burnRates, dashboards, objectives, scrapeJobs } from './config.js';
export { durationText } from './duration.js';
export type { GeneratedFile } from './generated-file.js';
export { generatedFiles } from './generated-files.js';
export type { Alert, Severity } from './prometheus/alert.js';
export { alertGroups, alerts } from './prometheus/alerts.js';
export type { AlertingRule, RecordingRule, Rule, RuleGroup } from './prometheus/rule.js';
export { ruleGroups } from './prometheus/rule-groups.js';
export { type Slo, slos } from './prometheus/slos.js';
