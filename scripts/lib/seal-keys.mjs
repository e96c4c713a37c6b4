import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * Full path of the file with the key that seals submitted tokens. It is made once and never again, because
 * what was sealed with a key can only be opened with it.
 */
export function sealKeysFile(folder) {
  const file = resolve(folder, 'seal-keys');
  if (!existsSync(file)) {
    writeFileSync(file, `k1 ${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  }
  return file;
}
