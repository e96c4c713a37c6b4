export { type BegunProcess, beginProcess, type ProcessParts } from './begin-process.js';
export { BoundedMap } from './bounded-map.js';
export { type Clock, systemClock } from './clock.js';
export { fileStamp } from './file-stamp.js';
export { ipVersion } from './ip-version.js';
export { refuseToStart, runUntilSignal } from './lifecycle.js';
export { createFloodGate, type FloodGate } from './logging/flood-gate.js';
export {
  createLogLevelControl,
  type LogLevelControl,
  openLogLevelControl,
} from './logging/log-level.js';
export { createLogger, type DestinationStream, type Logger } from './logging/logger.js';
export { maskUrl } from './logging/mask-url.js';
export { createProblemLog, type ProblemLog } from './logging/problem-log.js';
export { scrub } from './logging/scrub.js';
export type { LabelValues } from './metrics/label-combinations.js';
export type { LabelDomain, LabelValueSet, MetricRow } from './metrics/metric-row.js';
export { createMetrics, type Metrics, type Scrapeable } from './metrics/metrics.js';
export { metricsTable } from './metrics/metrics-table.js';
export {
  createOpsServer,
  type HealthReport,
  type OpsServer,
  type OpsServerOptions,
} from './ops-server.js';
export { describeSettings } from './settings/describe-settings.js';
export {
  type FollowedSecrets,
  followSecretFiles,
  type SecretFileReload,
} from './settings/follow-secret-files.js';
export {
  type InspectedSetting,
  inspectSettings,
  type SettingSource,
  type SettingsInspection,
} from './settings/inspect-settings.js';
export { loadSettings } from './settings/load-settings.js';
export { isLoopbackHost } from './settings/loopback-host.js';
export { nearestName } from './settings/nearest-name.js';
export { canonicalOriginPattern, coversOrigin } from './settings/origin-pattern.js';
export type { Environment } from './settings/read-setting-text.js';
export { reportSecretFile } from './settings/report-secret-file.js';
export { Secret } from './settings/secret.js';
export {
  type ServiceName,
  type SettingReader,
  type SettingRow,
  serviceNames,
  settingGroups,
} from './settings/setting-row.js';
export { SettingsError, type SettingsProblem } from './settings/settings-error.js';
export { type Settings, type SettingValues, settingsTable } from './settings/settings-table.js';
export type { TracingRoom } from './tracing/load-tracing.js';
export { readTraceContext, type TraceContext } from './tracing/trace-context.js';
export type { Span, SpanAttributes, SpanOptions, Tracing } from './tracing/tracing.js';
export { version } from './version.js';
