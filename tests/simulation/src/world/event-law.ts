import { events } from '@bulkwatch/contract';
import { keys } from '@bulkwatch/store/parts';
import type { KeySpace } from '../redis/key-space.js';
import type { JobShadow } from './job-shadow.js';
import type { Law } from './law.js';
import { secretIn } from './secrets.js';

/** Members of an event, in the order in which they are written. */
const head =
  /^\{"specversion":"1.0","id":"(?<id>[^"]+)".*?"type":"(?<type>[^"]+)","subject":"(?<subject>[^"]+)"/;

const settling = new Set(
  Object.values(events)
    .filter(({ settles }) => settles)
    .map(({ type }): string => type),
);

/** With fresh links the end of a job is told again. */
const isAgain = (json: string): boolean => /"manifestVersion":(?!1\b)\d/.test(json);

/** Every event has an id of its own, no secret, and tells of an end once. */
export class EventLaw {
  readonly #ids = new Set<string>();
  #seen = 0;
  readonly #space: KeySpace;
  readonly #law: Law;
  readonly #shadows: ReadonlyMap<string, JobShadow>;

  constructor(space: KeySpace, law: Law, shadows: ReadonlyMap<string, JobShadow>) {
    this.#space = space;
    this.#law = law;
    this.#shadows = shadows;
  }

  forget(): void {
    this.#ids.clear();
    this.#seen = 0;
  }

  /** Looks at what a script has appended. */
  look(script: string): void {
    const entries = this.#space.find(keys.events, 'stream')?.entries ?? [];
    for (; this.#seen < entries.length; this.#seen += 1) {
      // Told again on purpose, under the id that it had.
      if (script === 'republish') continue;
      const json = String(entries[this.#seen]?.fields[1]);
      const { id = '', type = '', subject = '' } = head.exec(json)?.groups ?? {};
      this.#law.demand(!this.#ids.has(id), () => `event ${id} twice`, subject);
      this.#ids.add(id);
      this.#law.demand(
        secretIn(json) === undefined,
        () => `${secretIn(json)} in an event`,
        subject,
      );
      const shadow = this.#shadows.get(subject);
      if (shadow && settling.has(type) && !isAgain(json)) shadow.endings += 1;
    }
  }
}
