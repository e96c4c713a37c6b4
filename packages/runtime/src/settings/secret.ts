import { inspect } from 'node:util';

const shown = '[secret]';

/**
 * Holds a text that must not be seen. Printing it in any usual way (template, JSON, `inspect`, a logger)
 * shows `[secret]`; only `reveal` gives it away, so that a search for that word finds every use. One that came out of
 * a file follows it (`followSecretFiles`): what `reveal` gives may be another text each time.
 */
export class Secret {
  #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The text in clear. Call it where it is sent, and keep it in no variable that outlives that. */
  reveal(): string {
    return this.#value;
  }

  /** From now on it holds this text: the file that it came from was replaced. */
  renew(value: string): void {
    this.#value = value;
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
