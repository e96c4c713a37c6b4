import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A clock that a process believes to be that of its host. */
export interface MovableClock {
  /** What the process needs in its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** How far it is ahead of the true one from now on, in ms; behind it where negative. */
  move(aheadMs: number): Promise<void>;
}

const source = fileURLToPath(new URL('../native/movable-clock.c', import.meta.url));

/**
 * Makes such a clock, with its files in that folder. `faketime`, which packages bring, does not start Redis: its library and
 * jemalloc wait for each other. Throws where there is no C compiler.
 */
export async function makeMovableClock(folder: string): Promise<MovableClock> {
  const [library, file] = [join(folder, 'movable-clock.so'), join(folder, 'clock-ahead')];
  await compile(['-shared', '-fPIC', '-O1', '-o', library, source]);
  const move = async (aheadMs: number): Promise<void> => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(Math.round(aheadMs)) * 1_000_000n);
    // In place, since the process has the file mapped.
    const handle = await open(file, 'r+');
    await handle.write(bytes, 0, 8, 0);
    await handle.close();
  };
  await writeFile(file, Buffer.alloc(8));
  return { env: { LD_PRELOAD: library, BULKWATCH_CLOCK_FILE: file }, move };
}

async function compile(args: readonly string[]): Promise<void> {
  const compiler = execFile('cc', args);
  let said = '';
  compiler.stderr?.on('data', (chunk) => (said += String(chunk)));
  const [code] = await once(compiler, 'close').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new Error('cc is not on PATH: install a C compiler to move the clock of a Redis.', {
      cause: error,
    });
  });
  if (code !== 0) throw new Error(`The clock to move does not compile:\n${said}`);
}
