/** What all workers together may ask of one provider. */
export interface GateLimits {
  /** Requests in flight. */
  readonly concurrency: number;
  /** Requests that begin in a second, on average. */
  readonly perSecond: number;
  /** Requests that may begin at once; with an even pace, the spare that is left over. */
  readonly burst: number;
}

/** When a provider counts as out, and how often it is probed then. */
export interface CircuitLimits {
  /** Failures in a row, of more than one job. */
  readonly failures: number;
  /** The interval between probes doubles from the first to the longest; ms. */
  readonly probeFirstMs: number;
  readonly probeLongestMs: number;
}

/** As the scripts read them; `-` stands for a limit that the house's own holds for. */
export const gateLimitsText = ({ concurrency, perSecond, burst }: OwnLimits): string =>
  [concurrency, perSecond, burst].map((limit) => limit ?? '-').join(' ');

/** Of a provider that has limits of its own for some of it. */
export type OwnLimits = { readonly [K in keyof GateLimits]?: GateLimits[K] | undefined };
