import { UsageError } from './command-error.js';

/** Reads labels, each `key:value`. Throws UsageError. */
export function readLabels(texts: readonly string[]): Record<string, string> {
  const pairs = texts.map((text) => {
    const [, key, value] = /^([^:]+):(.*)$/s.exec(text) ?? [];
    if (key === undefined || value === undefined)
      throw new UsageError('--label must be KEY:VALUE, such as study:cardio-7.');
    return [key, value] as const;
  });
  if (new Set(pairs.map(([key]) => key)).size < pairs.length)
    throw new UsageError('--label names one key twice.');
  return Object.fromEntries(pairs);
}
