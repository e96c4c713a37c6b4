/** When servers want to be asked again: what one request was told holds for all to the same origin. */
export interface OriginPace {
  /** How long the origin is to be left alone from now on, in milliseconds. */
  leftMs(origin: string): number;
  /** Notes a Retry-After, in milliseconds. */
  pause(origin: string, forMs: number): void;
}

export function createOriginPace(): OriginPace {
  const until = new Map<string, number>();
  return {
    leftMs: (origin) => Math.max(0, (until.get(origin) ?? 0) - performance.now()),
    pause(origin, forMs) {
      const end = performance.now() + forMs;
      until.set(origin, Math.max(until.get(origin) ?? 0, end));
    },
  };
}
