import { writeFileSync } from 'node:fs';

/** The wall clock that a process believes in. */
export interface WorkerClock {
  /** Wrong by so many ms from now on; 0 is right. */
  shift(ms: number): void;
}

/** A clock that a file decides, and what node is told so that a process believes in it. */
export function workerClock(file: string): { clock: WorkerClock; nodeArgs: readonly string[] } {
  writeFileSync(file, '0');
  const module = new URL('./wrong-clock.js', import.meta.url);
  module.searchParams.set('file', file);
  return {
    clock: { shift: (ms) => writeFileSync(file, String(ms)) },
    nodeArgs: ['--import', module.href],
  };
}
