import { createHash } from 'node:crypto';

/** What a delivery is of: the same parts always give the same id. */
export interface DeliveryOrigin {
  /** Epoch ms: of the event's entry in the stream, or of the replay that asks for it again. */
  readonly at: number;
  /** Record of the target. */
  readonly target: string;
  /** Id of the entry in the stream. */
  readonly entryId: string;
  readonly eventId: string;
  /** New for each replay; undefined for the delivery that comes by itself. */
  readonly nonce?: string | undefined;
}

/**
 * Id of a delivery: a UUIDv7 (RFC 9562) whose random part is not random but a fingerprint. An entry of the stream that is
 * read twice gives one delivery, and ids sort by time.
 */
export function deliveryId({ at, target, entryId, eventId, nonce = '' }: DeliveryOrigin): string {
  const hash = createHash('sha256').update([target, entryId, eventId, nonce].join('\n')).digest();
  hash[0] = 0x70 | ((hash[0] ?? 0) & 0x0f);
  hash[2] = 0x80 | ((hash[2] ?? 0) & 0x3f);
  const hex = timeHex(at) + hash.subarray(0, 10).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The least id of that instant and all later ones. */
export const firstIdAt = (at: number): string => timeHex(at).replace(/^(.{8})(.{4})$/, '$1-$2');

const timeHex = (at: number): string => Math.max(0, at).toString(16).padStart(12, '0');
