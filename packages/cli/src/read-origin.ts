import { UsageError } from './command-error.js';

/** The one provider that is meant, by its origin. Throws UsageError. */
export function readOrigin(positionals: readonly string[]): string {
  const [text, ...others] = positionals;
  if (text === undefined || others.length > 0 || !URL.canParse(text))
    throw new UsageError('Name one provider by its origin, such as https://ehr.example.org.');
  return new URL(text).origin;
}
