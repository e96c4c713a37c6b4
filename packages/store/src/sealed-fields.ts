import { maskUrl } from '@bulkwatch/runtime';
import { keys } from './keys.js';
import { type Sealer, sealKeyId } from './seal.js';

/** The record that a sealed field belongs to. */
export interface SealedRecord {
  readonly tenant: string;
  readonly jobId: string;
  readonly provider: string;
}

/**
 * The fields of a record that hold sealed text, and under which associated data: bound to what it is for, tenant
 * and job, and a token to the origin that it was submitted for. `memory` is sealed where there is a key, and JSON
 * where there was none.
 */
const contexts = {
  sealedToken: ({ tenant, jobId, provider }: SealedRecord) => ['bearer', tenant, jobId, provider],
  sealedStatusUrl: ({ tenant, jobId }: SealedRecord) => ['status-url', tenant, jobId],
  memory: ({ tenant, jobId }: SealedRecord) => ['memory', tenant, jobId],
  sealedWebhookUrl: ({ tenant, jobId }: SealedRecord) => ['webhook-url', tenant, jobId],
  sealedWebhookSecret: ({ tenant, jobId }: SealedRecord) => ['webhook-secret', tenant, jobId],
} as const;
export type SealedField = keyof typeof contexts;
export const sealedFieldNames = Object.keys(contexts) as SealedField[];

/** The associated data of a sealed field. */
export const sealContext = (field: SealedField, record: SealedRecord): string =>
  ['bulkwatch', ...contexts[field](record)].join('|');

/**
 * The fields of a status URL. Its query may be a capability: with a key at hand it is kept sealed beside a masked
 * form that is fit to show, and beside the fingerprint that finds the job by its URL. A URL without a query
 * hides nothing, and is kept as it is.
 */
export function statusUrlFields(
  sealer: Sealer | undefined,
  record: SealedRecord,
  statusUrl: string,
): { statusUrl: string; sealedStatusUrl?: string; urlFingerprint?: string } {
  const shown = maskUrl(statusUrl);
  if (!sealer || shown === statusUrl) return { statusUrl };
  return {
    statusUrl: shown,
    sealedStatusUrl: sealer.seal(statusUrl, sealContext('sealedStatusUrl', record)),
    urlFingerprint: keys.urlFingerprint(record.tenant, statusUrl),
  };
}

/** Seals a submitted token, if there is one. Throws where there is no key: callers ask `canSeal` before. */
export function sealToken(
  sealer: Sealer | undefined,
  record: SealedRecord,
  token: string | undefined,
): string | undefined {
  if (token === undefined) return undefined;
  if (!sealer) throw new Error('a bearer token was given, but there is no seal key');
  return sealer.seal(token, sealContext('sealedToken', record));
}

/** A field as it is read back: its text, or the key that would be needed for it. */
export type OpenedField =
  | { readonly kind: 'opened'; readonly text: string }
  | { readonly kind: 'unopenable'; readonly keyId: string };

/** Opens the text of a field. One that was written in clear, when there was no key, is taken as it is. */
export function openField(
  sealer: Sealer | undefined,
  { field, text, ...record }: SealedRecord & { readonly field: SealedField; readonly text: string },
): OpenedField {
  const keyId = sealKeyId(text);
  if (keyId === undefined) return { kind: 'opened', text };
  const opened = sealer?.open(text, sealContext(field, record));
  return opened === undefined ? { kind: 'unopenable', keyId } : { kind: 'opened', text: opened };
}
