import type { Logger } from '../logging/logger.js';
import type { SecretFileReload } from './follow-secret-files.js';

interface ReloadCounter {
  readonly secretFileReloadsTotal: {
    inc(labels: Pick<SecretFileReload, 'file' | 'outcome'>): void;
  };
}

/** The log line and the count of a changed file that holds a secret or keys. */
export const reportSecretFile =
  (logger: Pick<Logger, 'info' | 'error'>, metrics: ReloadCounter) =>
  ({ file, outcome, problem }: SecretFileReload): void => {
    metrics.secretFileReloadsTotal.inc({ file, outcome });
    if (outcome === 'loaded') logger.info({ file }, 'secret file read again');
    else
      logger.error({ file, problem }, 'changed secret file rejected: the old one stays in force');
  };
