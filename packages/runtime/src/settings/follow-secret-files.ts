import { fileStamp } from '../file-stamp.js';
import { type Environment, readSettingText } from './read-setting-text.js';
import { Secret } from './secret.js';
import type { SettingRow } from './setting-row.js';
import { type Settings, settingsTable } from './settings-table.js';

/** What became of a changed file of a secret: `file` is the variable that names it, `problem` why it was turned down. */
export interface SecretFileReload {
  readonly file: `BULKWATCH_${string}_FILE`;
  readonly outcome: 'loaded' | 'rejected';
  readonly problem?: string | undefined;
}

/** Keeps secrets up to date with their files. */
export interface FollowedSecrets {
  /** Looks now whether a file has changed, and reads each again that has. Never rejects. */
  refresh(): Promise<void>;
  /** Begins to look from time to time, without keeping the process alive. */
  start(): void;
  stop(): void;
}

const rows: readonly SettingRow[] = settingsTable;

/**
 * Follows the file of each secret that these settings took out of one (`<name>_FILE`): when it changes, the `Secret`
 * of the settings holds the new text. Whoever asks it at every use, as for each connection, needs no restart. A file
 * that is empty, missing or holds no such value is told of, and the old text stays.
 */
export function followSecretFiles(
  settings: Settings,
  env: Environment,
  options: { everyMs?: number; onReload: (reload: SecretFileReload) => void },
): FollowedSecrets {
  const { everyMs = 3_000, onReload } = options;
  const followed = rows.flatMap((row) => followedSecret(settings, env, row));
  const refresh = async (): Promise<void> => {
    await Promise.all(followed.map((one) => refreshOne(one, env, onReload)));
  };
  let timer: NodeJS.Timeout | undefined;
  return {
    refresh,
    start() {
      if (followed.length > 0) timer ??= setInterval(() => void refresh(), everyMs).unref();
    },
    stop() {
      clearInterval(timer);
      timer = undefined;
    },
  };
}

interface Followed {
  readonly row: SettingRow;
  readonly path: string;
  readonly secret: Secret;
  /** That of the last version looked at; undefined before the first, since the file may have changed meanwhile. */
  stamp?: string;
}

function followedSecret(settings: Settings, env: Environment, row: SettingRow): Followed[] {
  const values: Readonly<Record<string, unknown>> = settings;
  const secret = values[row.key];
  const path = env[`${row.env}_FILE`];
  const isRead = row.services.includes(settings.service);
  return row.secret && isRead && path && secret instanceof Secret ? [{ row, path, secret }] : [];
}

async function refreshOne(
  followed: Followed,
  env: Environment,
  onReload: (reload: SecretFileReload) => void,
): Promise<void> {
  const { row, path, secret } = followed;
  // Before the file is read: a change in between is then seen later.
  const stamp = await fileStamp(path);
  if (stamp === followed.stamp) return;
  followed.stamp = stamp;
  const file = `${row.env}_FILE` as const;
  const text = readSettingText(row, env);
  const problem = 'problem' in text ? text.problem : problemOf(row, text.value ?? '');
  if (problem !== undefined) return onReload({ file, outcome: 'rejected', problem });
  // Orchestrators write all files anew when one of them changes.
  if ('problem' in text || text.value === undefined || text.value === secret.reveal()) return;
  secret.renew(text.value);
  onReload({ file, outcome: 'loaded' });
}

function problemOf(row: SettingRow, text: string): string | undefined {
  const parsed = row.kind.parse(text);
  return 'problem' in parsed ? parsed.problem : undefined;
}
