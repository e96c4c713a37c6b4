/** A promise that was not kept. */
export interface Violation {
  readonly what: string;
  /** True ms since the world began. */
  readonly at: number;
  readonly jobId?: string;
}

/** Keeps the first violation, after which the world ends, and, where asked for, the story up to it. */
export class Law {
  violation: Violation | undefined;
  readonly story: string[] = [];
  readonly #now: () => number;
  readonly #isTold: boolean;

  constructor(now: () => number, isTold: boolean) {
    this.#now = now;
    this.#isTold = isTold;
  }

  broken(what: string, jobId?: string): void {
    this.tell(() => `BROKEN ${what}`, jobId);
    this.violation ??= { what, at: this.#now(), ...(jobId === undefined ? {} : { jobId }) };
  }

  demand(isKept: boolean, what: () => string, jobId?: string): void {
    if (!isKept) this.broken(what(), jobId);
  }

  /** Costs nothing unless the story is wanted. */
  tell(what: () => string, jobId = ''): void {
    if (this.#isTold) this.story.push(`${clock(this.#now())} ${jobId} ${what()}`);
  }
}

/** `12:34:56.789` since the world began. */
function clock(ms: number): string {
  const parts = [ms / 3_600_000, (ms / 60_000) % 60, (ms / 1_000) % 60].map((part) =>
    String(Math.floor(part)).padStart(2, '0'),
  );
  return `${parts.join(':')}.${String(Math.floor(ms % 1_000)).padStart(3, '0')}`;
}
