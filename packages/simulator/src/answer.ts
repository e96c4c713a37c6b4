import type { Fault } from './faults.js';
import { operationOutcome } from './operation-outcome.js';

/** Header fields by name; a list is sent as several fields, null takes a default field out. */
export type HeaderFields = Readonly<Record<string, string | readonly string[] | null>>;

export interface Answer {
  readonly status: number;
  readonly headers?: HeaderFields;
  readonly body?: string | Uint8Array;
  /** Silence before the status line. */
  readonly delayMs?: number;
  readonly fault?: Fault;
  /** How long a slow fault lasts before the rest follows; for ever by default. */
  readonly lastsMs?: number;
}

/** An answer whose body is JSON, as `application/json` unless the headers say otherwise. */
export function jsonAnswer(status: number, value: unknown, headers: HeaderFields = {}): Answer {
  const body = JSON.stringify(value);
  return { status, headers: { 'Content-Type': 'application/json', ...headers }, body };
}

/** An error that is explained by an OperationOutcome. */
export function outcomeAnswer(
  status: number,
  issue: Parameters<typeof operationOutcome>[0],
  headers: HeaderFields = {},
): Answer {
  return jsonAnswer(status, operationOutcome(issue), {
    'Content-Type': 'application/fhir+json',
    ...headers,
  });
}
