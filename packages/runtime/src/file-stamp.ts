import { stat } from 'node:fs/promises';

/**
 * A text that is the same as long as a file is, for those who look from time to time whether it has changed:
 * notifications fail on mounted and on network volumes. Orchestrators replace a secret by swapping a link, which
 * changes the inode. Never rejects: a file that cannot be looked at has its error's code for a stamp.
 */
export async function fileStamp(file: string): Promise<string> {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await stat(file);
    return [ino, size, mtimeMs, ctimeMs].join(':');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown';
  }
}
