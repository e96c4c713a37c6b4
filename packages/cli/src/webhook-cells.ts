import type { WebhookDelivery, WebhookEndpoint } from '@bulkwatch/client';
import { streamedTypes, streamedWords } from '@bulkwatch/contract';
import type { Color } from './paint.js';
import type { Cell } from './render-table.js';
import { awayWords } from './time-words.js';

export const endpointHead = ['ID', 'STATE', 'URL', 'TYPES', 'LABELS', 'FAILING', 'DESCRIPTION'];

/** A webhook endpoint as a row. */
export function endpointCells(endpoint: WebhookEndpoint, now: number): Cell[] {
  const { id, url, types, labels, description } = endpoint;
  return [
    id,
    stateCell(endpoint),
    url,
    types === null ? 'all' : types.map(wordOf).join(' '),
    Object.entries(labels)
      .map(([key, value]) => `${key}:${value}`)
      .join(' '),
    failingCell(endpoint, now),
    description,
  ];
}

function stateCell({ state, disabledReason }: WebhookEndpoint): Cell {
  if (state === 'enabled') return { text: state, color: 'green' };
  return { text: `${state}, ${disabledReason ?? 'unknown'}`, color: 'red' };
}

function failingCell({ failingSince, lastReason }: WebhookEndpoint, now: number): Cell {
  if (failingSince === null) return null;
  return { text: `since ${awayWords(failingSince, now)}, ${lastReason ?? ''}`, color: 'yellow' };
}

export const deliveryHead = ['ID', 'CREATED', 'STATE', 'TYPE', 'JOB', 'TRIES', 'LAST', 'NEXT'];

const deliveryColors: Readonly<Record<WebhookDelivery['state'], Color>> = {
  pending: 'yellow',
  delivered: 'green',
  failed: 'red',
  held: 'yellow',
};

/** A delivery as a row. */
export function deliveryCells(delivery: WebhookDelivery, now: number): Cell[] {
  const { id, createdAt, state, type, jobId, attemptCount, nextAttemptAt } = delivery;
  return [
    id,
    createdAt,
    { text: state, color: deliveryColors[state] },
    wordOf(type),
    jobId,
    String(attemptCount),
    lastAttemptWords(delivery),
    awayWords(nextAttemptAt, now),
  ];
}

/** What came of the last request: the status and, where that is no good, why. */
export function lastAttemptWords({ attempts: [last] }: WebhookDelivery): string | null {
  if (!last) return null;
  const { status, reason, durationMs } = last;
  const words = [status === null ? null : String(status), reason, `${Math.round(durationMs)} ms`];
  return words.filter((word) => word !== null).join(' ');
}

const wordOf = (type: string): string =>
  streamedWords.find((word) => streamedTypes[word] === type) ?? type;
