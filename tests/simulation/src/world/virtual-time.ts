/** When worlds begin, by clocks that are right; epoch ms. */
export const epoch = Date.UTC(2026, 0, 1);

interface Happening {
  readonly at: number;
  readonly order: number;
  readonly act: () => void;
}

/**
 * Time that passes only when something happens. Whatever waits in a world waits here, and between two happenings all
 * promises that the first one settled are run to their end, so that a world is the same each time.
 */
export class VirtualTime {
  /** Ms since the world began: the true time, which only goes forward. Whole. */
  now = 0;
  happenings = 0;
  readonly #agenda: Happening[] = [];
  #order = 0;
  #stirred = false;

  at(instant: number, act: () => void): void {
    this.#push({ at: Math.max(this.now, Math.ceil(instant)), order: this.#order++, act });
  }

  after(ms: number, act: () => void): void {
    this.at(this.now + ms, act);
  }

  /** To be called by whoever settles a promise that somebody awaits. */
  stir(): void {
    this.#stirred = true;
  }

  /** Lets happen what happens until then, or until `isOver`. */
  async run(until: number, isOver: () => boolean = () => false): Promise<void> {
    await settled();
    for (let next = this.#agenda[0]; next && next.at <= until; next = this.#agenda[0]) {
      this.#pop();
      this.now = next.at;
      this.happenings += 1;
      next.act();
      if (this.#stirred) {
        this.#stirred = false;
        await settled();
      }
      if (isOver()) return;
    }
    this.now = Math.max(this.now, until);
  }

  // A binary heap, by instant and then by the order in which things were planned.
  #push(happening: Happening): void {
    const heap = this.#agenda;
    let at = heap.push(happening) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(happening, heap[parent] as Happening)) break;
      heap[at] = heap[parent] as Happening;
      at = parent;
    }
    heap[at] = happening;
  }

  #pop(): void {
    const heap = this.#agenda;
    const last = heap.pop() as Happening;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (
        child + 1 < heap.length &&
        isBefore(heap[child + 1] as Happening, heap[child] as Happening)
      )
        child += 1;
      if (!isBefore(heap[child] as Happening, last)) break;
      heap[at] = heap[child] as Happening;
      at = child;
    }
    heap[at] = last;
  }
}

const isBefore = (a: Happening, b: Happening): boolean =>
  a.at < b.at || (a.at === b.at && a.order < b.order);

/** Node runs a check phase only when no promise has anything left to do. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
