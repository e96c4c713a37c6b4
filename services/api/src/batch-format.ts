import { type ImportQuery, importQuerySchema, type Problem } from '@bulkwatch/contract';
import type { Request } from 'express';
import { readJson } from './body.js';
import { keyAndValue } from './label-parameter.js';
import { readQuery } from './read-query.js';
import { faultsOfShared, type RegistrationRules } from './read-registration.js';

/** How one line of a batch is read. */
export interface BatchFormat {
  /** Whether there is something in it. */
  readonly counts: (bytes: Uint8Array) => boolean;
  /** The registration that it stands for, not looked at yet; undefined for what is none. */
  readonly read: (bytes: Uint8Array) => unknown;
}

export type FormatReading =
  | { readonly kind: 'accepted'; readonly format: BatchFormat }
  | { readonly kind: 'refused'; readonly errors: NonNullable<Problem['errors']> };

/**
 * The format of a batch by its type: registrations in JSON, or status URLs alone, where the query holds what their
 * registrations have in common. What is wrong with that is a fault of the query, told once.
 */
export function batchFormat(request: Request, rules: RegistrationRules): FormatReading {
  const reading = readQuery(importQuerySchema, request.query);
  if (reading.kind === 'refused') return reading;
  if (request.is('text/plain')) return urlLines(reading.query, rules);
  const errors = Object.keys(request.query).map((field) => ({
    field,
    message: 'is for text/plain',
  }));
  return errors.length > 0 ? { kind: 'refused', errors } : { kind: 'accepted', format: jsonLines };
}

const jsonLines: BatchFormat = {
  counts: (bytes) => bytes.some((byte) => byte > 0x20),
  read: readJson,
};

/** Members of a registration that are called otherwise in the query. */
const parameters: Readonly<Record<string, string>> = {
  labels: 'label',
  requiredSubscribers: 'requiredSubscriber',
};

function urlLines(
  { label, deleteOnAcknowledge, requiredSubscriber, ...others }: ImportQuery,
  rules: RegistrationRules,
): FormatReading {
  const labels = label?.map(keyAndValue) ?? [];
  const shared = {
    ...others,
    ...(label && { labels: Object.fromEntries(labels) }),
    ...(deleteOnAcknowledge && { deleteOnAcknowledge: deleteOnAcknowledge === 'true' }),
    ...(requiredSubscriber && { requiredSubscribers: requiredSubscriber }),
  };
  const errors = faultsOfShared(shared, rules).map(({ path: [member], message }) => ({
    field: parameters[String(member)] ?? String(member),
    message,
  }));
  const isTwice = new Set(labels.map(([key]) => key)).size < labels.length;
  if (isTwice) errors.push({ field: 'label', message: 'names a label twice' });
  if (errors.length > 0) return { kind: 'refused', errors };

  const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes).trim();
  const format: BatchFormat = {
    counts: (bytes) => !/^(#|$)/.test(textOf(bytes)),
    read: (bytes) => ({ statusUrl: textOf(bytes), ...shared }),
  };
  return { kind: 'accepted', format };
}
