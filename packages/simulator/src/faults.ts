import { brokenConnections } from './faults/broken-connections.js';
import { brokenHttp } from './faults/broken-http.js';
import { oversize } from './faults/oversize.js';
import { slowness } from './faults/slowness.js';
import type { Wire } from './wire.js';

/** Something that goes wrong on purpose while an answer is given. */
export interface FaultRow {
  /** What the client meets, in a phrase. */
  readonly tells: string;
  /** Sends the answer, or what is left of it. Resolves with the monotonic instant of that where it is all there. */
  readonly play: (wire: Wire) => void | Promise<number | null>;
}

/** Every fault by its name. Each ends with its connection at the latest. */
export const faults = {
  ...brokenConnections,
  ...slowness,
  ...oversize,
  ...brokenHttp,
} satisfies Readonly<Record<string, FaultRow>> as Readonly<Record<Fault, FaultRow>>;

export type Fault =
  | keyof typeof brokenConnections
  | keyof typeof slowness
  | keyof typeof oversize
  | keyof typeof brokenHttp;

export const faultNames = Object.keys(faults) as Fault[];
