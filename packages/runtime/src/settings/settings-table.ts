import { apiAccessRows } from './api-access-rows.js';
import { apiEventRows } from './api-event-rows.js';
import { apiRows } from './api-rows.js';
import { cliRows } from './cli-rows.js';
import { lifecycleRows } from './lifecycle-rows.js';
import { metricsRows } from './metrics-rows.js';
import { redisRows } from './redis-rows.js';
import { replicationRows } from './replication-rows.js';
import type { Secret } from './secret.js';
import type { SettingKind } from './setting-kinds.js';
import type { SettingReader } from './setting-row.js';
import { sharedRows } from './shared-rows.js';
import { tracingRows } from './tracing-rows.js';
import { webhookRows } from './webhook-rows.js';
import { workerEventRows } from './worker-event-rows.js';
import { workerRows } from './worker-rows.js';

/** The one table of settings. */
export const settingsTable = [
  ...sharedRows,
  ...redisRows,
  ...replicationRows,
  ...apiRows,
  ...apiAccessRows,
  ...apiEventRows,
  ...workerRows,
  ...workerEventRows,
  ...webhookRows,
  ...lifecycleRows,
  ...metricsRows,
  ...tracingRows,
  ...cliRows,
] as const;

type Row = (typeof settingsTable)[number];

type ValueOf<R extends Row> = R extends { readonly secret: true }
  ? Secret
  : R['kind'] extends SettingKind<infer T>
    ? T
    : never;

/** Rows that always have a value; the others may be missing. */
type FilledRow = Extract<Row, { readonly default: string } | { readonly required: true }>;

/** Value of every setting, inferred from the table. */
export type SettingValues = {
  readonly [R in FilledRow as R['key']]: ValueOf<R>;
} & {
  readonly [R in Exclude<Row, FilledRow> as R['key']]?: ValueOf<R>;
};

/**
 * The settings of one service, frozen. A setting that the service does not read is there all the same, so
 * that rooms which serve both have one shape to rely on; it always has its default.
 */
export type Settings = SettingValues & { readonly service: SettingReader };
