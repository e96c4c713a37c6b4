import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';

/** How a try ended. `info` is an outcome that nobody knows: taking it for a failure is the classic way to hide a loss. */
export type LineType = 'invoke' | 'ok' | 'fail' | 'info';

/** One thing that happened, as the harness saw it. */
export interface LedgerLine {
  /** Monotonic ms of the harness (`performance.now`). */
  readonly t: number;
  /** Who did it or saw it. */
  readonly who: string;
  readonly op: string;
  readonly type: LineType;
  /** What it was done to. */
  readonly key: string;
  readonly value?: unknown;
}

/** What is noted; the instant is now unless it is given. */
export type Note = Omit<LedgerLine, 't'> & { readonly t?: number };

/** The history of a run, on disk and not in the Redis that is being put to the test. */
export interface Ledger {
  readonly now: () => number;
  note(line: Note): void;
  /** Everything noted so far, in the order in which it was noted. */
  lines(): LedgerLine[];
  close(): void;
}

/** How much is held back before it is written, in lines. */
const batchMax = 200;

/** Opens a ledger in a new file. */
export function openLedger(file: string): Ledger {
  const fd = openSync(file, 'wx');
  const now = (): number => Math.round(performance.now() * 10) / 10;
  let waiting: string[] = [];
  const write = (): void => {
    if (waiting.length > 0) writeSync(fd, `${waiting.join('\n')}\n`);
    waiting = [];
  };
  const timer = setInterval(write, 250);
  return {
    now,
    note(line) {
      waiting.push(JSON.stringify({ t: line.t ?? now(), ...line }));
      if (waiting.length >= batchMax) write();
    },
    lines() {
      write();
      return readLedger(file);
    },
    close() {
      clearInterval(timer);
      write();
      fsyncSync(fd);
      closeSync(fd);
    },
  };
}

/** Reads the ledger of a run. */
export const readLedger = (file: string): LedgerLine[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LedgerLine);
