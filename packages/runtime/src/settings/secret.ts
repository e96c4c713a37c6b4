import { inspect } from 'node:util';

const shown = '[secret]';

/**
 * Holds a text that must not be seen. Printing it in any usual way (template, JSON, `inspect`, a logger)
 * shows `[secret]`; only `reveal` gives it away, so that a search for that word finds every use.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The text in clear. Call it where it is sent, and keep it in no variable that outlives that. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return shown;
  }

  toJSON(): string {
    return shown;
  }

  [inspect.custom](): string {
    return shown;
  }
}
