import { readFile } from 'node:fs/promises';
import { fileStamp } from '@bulkwatch/runtime';

/** Keys of 32 bytes by their ids, the one that seals first. */
export type SealKeys = ReadonlyMap<string, Buffer>;

/** The seal key file is missing, empty or malformed. The message never holds a key. */
export class SealKeysError extends Error {
  override readonly name = 'SealKeysError';
}

/** A key ring that follows its file. */
export interface LiveSealKeys {
  current(): SealKeys;
  /** Looks now whether the file has changed, and reads it again if it has. Never rejects. */
  refresh(): Promise<void>;
  /** Looks no more. */
  close(): void;
}

/** What became of a changed key file. */
export type SealKeysReload =
  /** `kept` are the ids of keys that it no longer has, and that open what they sealed as long as the process lives. */
  | { readonly outcome: 'loaded'; readonly kept: readonly string[] }
  | { readonly outcome: 'rejected'; readonly error: unknown };

/**
 * Loads a key ring as `loadSealKeys` does, and again whenever the file has changed, so that keys are rotated
 * without a restart. A changed file that is wrong leaves the ring as it is. None makes anything unreadable that could be
 * read before: a key that is no longer in it stays on the ring, behind the others, and a key id never gets another key.
 */
export async function watchSealKeys(
  file: string,
  options: { everyMs?: number; onReload: (reload: SealKeysReload) => void },
): Promise<LiveSealKeys> {
  const { everyMs = 5_000, onReload } = options;
  // The stamp is taken before the file is read: a change in between is then seen later.
  let stamp = await fileStamp(file);
  let ring = await loadSealKeys(file);

  async function refresh(): Promise<void> {
    const now = await fileStamp(file);
    if (now === stamp) return;
    stamp = now;
    try {
      const changed = await loadSealKeys(file);
      refuseOtherKeys(ring, changed, file);
      const kept = [...ring].filter(([keyId]) => !changed.has(keyId));
      ring = new Map([...changed, ...kept]);
      onReload({ outcome: 'loaded', kept: kept.map(([keyId]) => keyId) });
    } catch (error) {
      onReload({ outcome: 'rejected', error });
    }
  }

  const timer = setInterval(() => void refresh(), everyMs).unref();
  return { current: () => ring, refresh, close: () => clearInterval(timer) };
}

/** Under its id a key is found again: with another one, what was sealed could not be opened. */
function refuseOtherKeys(ring: SealKeys, changed: SealKeys, file: string): void {
  for (const [keyId, key] of changed)
    if (ring.get(keyId)?.equals(key) === false)
      throw new SealKeysError(`seal keys: ${file} has another key of the id ${keyId}`);
}

/**
 * Reads a key ring: one `<key id> <base64 of 32 bytes>` a line, the active key first, `#` for comments.
 * Throws SealKeysError, naming the line, when the file cannot be read or a line is wrong.
 */
export async function loadSealKeys(file: string): Promise<SealKeys> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new SealKeysError(`seal keys: ${file} cannot be read (${error.code ?? 'unknown error'})`);
  });
  const ring = new Map<string, Buffer>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const where = `seal keys: line ${index + 1} of ${file}`;
    const [keyId, encoded, ...rest] = line.trim().split(/\s+/);
    const key = Buffer.from(encoded ?? '', 'base64');
    if (!keyId || !/^[A-Za-z0-9_-]{1,32}$/.test(keyId) || rest.length > 0)
      throw new SealKeysError(`${where} is not "<key id> <base64 key>"`);
    if (key.length !== 32) throw new SealKeysError(`${where} does not hold 32 bytes in base64`);
    if (ring.has(keyId)) throw new SealKeysError(`${where} repeats the key id ${keyId}`);
    ring.set(keyId, key);
  }
  if (ring.size === 0) throw new SealKeysError(`seal keys: ${file} holds no key`);
  return ring;
}
