export type Level = 'ok' | 'warning' | 'failed';

/** What one look at the house came to. */
export interface Check {
  /** Of its own in a run: `redis-rights`. */
  readonly name: string;
  readonly level: Level;
  /** A sentence; never with a secret in it. */
  readonly says: string;
  /** What to do about it. */
  readonly advice?: string;
  /** More to see, a line each. */
  readonly lines?: readonly string[];
  /** The same for programs, beside the sentence. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

type More = Omit<Check, 'name' | 'level' | 'says' | 'advice'>;

export const ok = (name: string, says: string, more: More = {}): Check => ({
  name,
  level: 'ok',
  says,
  ...more,
});

export const warning = (name: string, says: string, advice: string, more: More = {}): Check => ({
  name,
  level: 'warning',
  says,
  advice,
  ...more,
});

export const failed = (name: string, says: string, advice: string, more: More = {}): Check => ({
  name,
  level: 'failed',
  says,
  advice,
  ...more,
});

/** The worst of several levels; `ok` of none. */
export function worstOf(checks: readonly Pick<Check, 'level'>[]): Level {
  const has = (level: Level): boolean => checks.some((check) => check.level === level);
  if (has('failed')) return 'failed';
  return has('warning') ? 'warning' : 'ok';
}
