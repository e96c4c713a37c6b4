import { userInfo } from 'node:os';
import { createLogger } from '@bulkwatch/runtime';
import type { AuditTarget } from './command.js';

/** How a command went. */
export type AuditStatus = 'done' | 'failed';

interface AuditEntry extends AuditTarget {
  /** Name of the command. */
  readonly route: string;
  readonly status: AuditStatus;
}

/**
 * Says in one line of JSON who wrote what, with the members that an audit line of the api has: `subject` is the
 * operating system's user, which has no API key.
 */
export function audit(entry: AuditEntry, say: (line: string) => void): void {
  const destination = { write: (line: string) => say(line.trimEnd()) };
  createLogger({ service: 'cli', level: 'info', destination })
    .child({ audit: true })
    .info({ keyId: null, subject: userName(), method: 'CLI', ...entry }, 'write request');
}

/** A container may run as a user whom its list of users does not have. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
