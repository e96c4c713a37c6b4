import type { AcknowledgementRecord } from './job-store.js';

/** Names of subscribers as a record has them: between blanks, which no name holds. Undefined for none. */
export const encodeSubscribers = (names: readonly string[] | undefined): string | undefined =>
  names?.join(' ') || undefined;

export const decodeSubscribers = (text: string | undefined): readonly string[] | undefined =>
  text?.split(' ');

/** Reads `<subscriber>:<instant>`, between blanks, as lib/acknowledgement.lua keeps them. */
export const decodeAcknowledgements = (
  text: string | undefined,
): readonly AcknowledgementRecord[] | undefined =>
  text?.split(' ').map((entry) => {
    const [subscriber = '', at] = entry.split(':');
    return { subscriber, at: Number(at) };
  });
