import { type DeliverableType, streamedTypes, streamedWords } from '@bulkwatch/contract';
import { UsageError } from './command-error.js';

/** Types of events by their word or the whole; undefined where none is named. Throws UsageError. */
export function readEventTypes(
  texts: readonly string[] | undefined,
): DeliverableType[] | undefined {
  return texts?.map((text) => {
    const word = streamedWords.find((one) => one === text || streamedTypes[one] === text);
    if (word === undefined)
      throw new UsageError(`--type must be one of ${streamedWords.join(', ')}.`);
    return streamedTypes[word];
  });
}
