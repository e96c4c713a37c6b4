import type { Logger, SecretFileReload } from '@bulkwatch/runtime';
import { SealKeysError, type SealKeysReload } from './seal-keys.js';

/** Tells of a changed key file as of any other, and of keys that were taken out of it while they serve. */
export function reportSealKeys(
  reload: SealKeysReload,
  report: {
    readonly logger: Pick<Logger, 'warn'>;
    readonly secretReloaded: (reload: SecretFileReload) => void;
  },
): void {
  const file = 'BULKWATCH_SEAL_KEYS_FILE';
  if (reload.outcome === 'rejected') {
    const { error } = reload;
    const problem = error instanceof SealKeysError ? error.message : 'cannot be used';
    return report.secretReloaded({ file, outcome: 'rejected', problem });
  }
  report.secretReloaded({ file, outcome: 'loaded' });
  const { kept } = reload;
  if (kept.length > 0)
    report.logger.warn(
      { file, kept },
      'seal keys that are no longer in the file open what they sealed until this process ends',
    );
}
