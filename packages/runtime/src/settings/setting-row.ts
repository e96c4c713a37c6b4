import type { SettingKind } from './setting-kinds.js';

/** The processes that serve. */
export const serviceNames = ['api', 'worker'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** Who reads settings: the services, and the command line tool. */
export type SettingReader = ServiceName | 'cli';

/** Chapters of the documentation of settings, in their order. */
export const settingGroups = [
  'Redis',
  'Providers and credentials',
  'API',
  'API access',
  'Tracking',
  'Polling',
  'Politeness',
  'Queue and rescue',
  'Events',
  'After completion',
  'Webhooks',
  'Operation',
  'Command line',
] as const;

/** One setting, told once: the parser, the types, the start-up line and the documentation come from it. */
export interface SettingRow {
  /** Its name in `Settings`. Durations end in `Ms`, sizes in `Bytes`. */
  readonly key: string;
  readonly env: `BULKWATCH_${string}`;
  readonly kind: SettingKind<unknown>;
  /** As one would write it; a setting without it is optional, unless it is required. */
  readonly default?: string;
  readonly required?: true;
  /** Kept as a `Secret`, and may be given as the file that `<env>_FILE` names. */
  readonly secret?: true;
  readonly services: readonly SettingReader[];
  readonly group: (typeof settingGroups)[number];
  /** One sentence: what it does. */
  readonly description: string;
  /** One sentence: who should touch it, and which way. */
  readonly whenToChange: string;
  /** A value for `.env.example` where there is no default. */
  readonly example?: string;
}
