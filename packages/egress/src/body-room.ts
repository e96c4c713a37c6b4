/**
 * Memory for bodies that are being read at the same time, so that a provider whose answers are all as large as one may be
 * cannot end the process. Who finds no room gives up and asks again later. Nobody waits for room: undici ends the process
 * when a connection breaks whose body is not being read.
 */
export interface BodyRoom {
  /** Takes so many bytes for a body from that origin; false where there is no room for them. */
  take(origin: string, bytes: number): boolean;
  giveBack(origin: string, bytes: number): void;
}

/**
 * Room for so many bytes. One origin may take half of it, so that it takes two of them to leave the others without.
 */
export function createBodyRoom(maxBytes: number): BodyRoom {
  const taken = new Map<string, number>();
  let allTaken = 0;
  const change = (origin: string, bytes: number): void => {
    allTaken += bytes;
    const ofOrigin = (taken.get(origin) ?? 0) + bytes;
    if (ofOrigin === 0) taken.delete(origin);
    else taken.set(origin, ofOrigin);
  };
  return {
    take(origin, bytes) {
      const fits = (taken.get(origin) ?? 0) + bytes <= maxBytes / 2;
      if (!fits || allTaken + bytes > maxBytes) return false;
      change(origin, bytes);
      return true;
    },
    giveBack: (origin, bytes) => change(origin, -bytes),
  };
}
