import type { Provider } from '@bulkwatch/client';
import type { Cell } from './render-table.js';
import { awayWords, spanWords } from './time-words.js';

export const providerHead = [
  'ORIGIN',
  'OPEN JOBS',
  'IN FLIGHT',
  'CIRCUIT',
  'PAUSED',
  'WAITS',
  'RETRY-AFTER',
  'ANSWERS IN',
];

/** A provider as a row. */
export function providerCells(provider: Provider, now: number): Cell[] {
  const { circuit, pausedAt, pausedBy, waitUntil, retryAfterMs, answerMs } = provider;
  return [
    provider.origin,
    String(provider.openJobCount),
    `${provider.inFlightCount}/${provider.rampConcurrency ?? provider.limits.concurrency}`,
    circuit === 'closed'
      ? circuit
      : { text: circuit, color: circuit === 'open' ? 'red' : 'yellow' },
    pausedAt === null
      ? null
      : { text: `${awayWords(pausedAt, now)} by ${pausedBy}`, color: 'yellow' },
    awayWords(waitUntil, now),
    retryAfterMs === null ? null : spanWords(retryAfterMs),
    answerMs === null ? null : `${Math.round(answerMs)} ms`,
  ];
}
