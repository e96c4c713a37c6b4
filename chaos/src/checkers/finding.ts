/** A promise that was broken, by the figure that counts it. */
export interface Violation {
  readonly figure: string;
  readonly what: string;
  /** Of which job more is to be told. */
  readonly jobId?: string | undefined;
  readonly exportId?: string | undefined;
}

/** What a checker came to. */
export interface Finding {
  /** Each of them breaks a promise. */
  readonly violations: readonly Violation[];
  /** Figures that break no promise by themselves. */
  readonly figures?: Readonly<Record<string, number>>;
  /** By figure: how often it could have been other than zero. */
  readonly chances: Readonly<Record<string, number>>;
}
