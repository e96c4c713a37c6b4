/** Places for what may be under way at once in this process. */
export interface Slots {
  /** Waits for one place, and takes up to `most` that are free then. Returns how many. */
  take(most: number): Promise<number>;
  give(count: number): void;
}

/** Whoever waits is served in the order of coming. */
export function createSlots(total: number): Slots {
  let free = total;
  const waiting: (() => void)[] = [];
  return {
    async take(most) {
      // Whoever is woken has been given his place.
      if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
      else free -= 1;
      const more = Math.min(most - 1, free);
      free -= more;
      return 1 + more;
    },
    give(count) {
      for (let given = 0; given < count; given += 1) {
        const next = waiting.shift();
        if (next) next();
        else free += 1;
      }
    },
  };
}
