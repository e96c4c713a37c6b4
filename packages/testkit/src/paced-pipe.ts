/** How what passes is treated; read anew for each piece that comes. */
export interface Pace {
  /** How long it is held up, in ms. */
  readonly delayMs: number;
  /** How much passes in a second; Infinity for no limit. */
  readonly bytesPerSecond: number;
  /** Nothing passes until this is false again; then `flush` has it go on. */
  readonly isStalled: boolean;
}

/** What is on its way in one direction of a connection. */
export interface PacedPipe {
  /** Hands a piece on, after all before it, as late as the pace says. */
  write(chunk: Buffer): void;
  /** Calls `then` once all that was written before has been handed on. */
  end(then: () => void): void;
  /** Has what was stalled go on. */
  flush(): void;
  /** Forgets what is on its way. */
  drop(): void;
}

interface Piece {
  readonly atMs: number;
  handOn(): void;
}

/** Pieces are handed on in the order in which they came, whatever becomes of the pace meanwhile. */
export function pacedPipe(pace: Pace, handOn: (chunk: Buffer) => void): PacedPipe {
  let waiting: Piece[] = [];
  let freeAtMs = 0;
  let timer: NodeJS.Timeout | undefined;

  const handOnDue = (): void => {
    timer = undefined;
    while (waiting[0] && !pace.isStalled && waiting[0].atMs <= performance.now())
      waiting.shift()?.handOn();
    const [next] = waiting;
    if (next && !pace.isStalled)
      timer = setTimeout(handOnDue, Math.max(1, next.atMs - performance.now()));
  };
  const take = (bytes: number, work: () => void): void => {
    const startMs = Math.max(performance.now() + pace.delayMs, freeAtMs);
    freeAtMs = startMs + (bytes * 1_000) / pace.bytesPerSecond;
    waiting.push({ atMs: freeAtMs, handOn: work });
    if (timer === undefined) handOnDue();
  };

  return {
    write: (chunk) => take(chunk.length, () => handOn(chunk)),
    end: (then) => take(0, then),
    flush: () => {
      if (timer === undefined) handOnDue();
    },
    drop() {
      waiting = [];
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
