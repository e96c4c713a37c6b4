import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { Secret } from '@bulkwatch/runtime';

/** What a connection is made with beyond the ordinary; all in PEM. */
export interface TlsIdentity {
  /** The only authorities that are trusted, in place of the public ones. */
  readonly ca?: string;
  /** Our own certificate with its chain, and its key: both or neither. */
  readonly cert?: string;
  readonly key?: Secret;
}

/** Why connections cannot be made with this, in words for the operator; undefined when they can. */
export function faultOfTls({ ca, cert, key }: TlsIdentity): string | undefined {
  try {
    // Node takes a `ca` without any certificate for none at all, and would then trust nobody.
    if (ca !== undefined) void new X509Certificate(ca);
    createSecureContext({
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key: key.reveal() }),
    });
    return undefined;
  } catch (error) {
    return `cannot be used (${(error as NodeJS.ErrnoException).code ?? 'unreadable'})`;
  }
}
