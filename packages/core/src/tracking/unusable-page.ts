import type { PollFailedReading, ReadingHints } from '../protocol/status-reading.js';

/** A page that was read and is of no use. */
export const unusable = ({ retryAfter }: ReadingHints): PollFailedReading => ({
  retryAfter,
  kind: 'poll-failed',
  reason: 'response-unreadable',
  health: 'provider-error',
});

/** As with a manifest in one piece, an operator may raise the limit: nothing is lost by waiting for that. */
export const pagesTooLarge = (hints: ReadingHints): PollFailedReading => ({
  ...unusable(hints),
  reason: 'response-too-large',
  detail: 'all pages together',
});
