import { deniedClasses } from './denied-ranges.js';

/** Why a URL or a connection was refused. For logs and metrics; callers learn only that it was. */
export const refusalReasons = [
  'url-unreadable',
  'url-too-long',
  'scheme-not-allowed',
  'user-info',
  'fragment',
  'host-not-qualified',
  'origin-not-listed',
  ...deniedClasses,
] as const;
export type RefusalReason = (typeof refusalReasons)[number];

export interface Refusal {
  readonly reason: RefusalReason;
}

/** Told of every refusal. `origin` is that of the URL, with no other part of it. */
export type OnRefusal = (reason: RefusalReason, origin: string) => void;

/** What a connection fails with that the guard does not let through. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly code = 'BULKWATCH_REFUSED';
  readonly reason: RefusalReason;
  /** Whether it must look as if the name did not resolve. */
  readonly disguised: boolean;

  constructor({ reason, disguised }: { reason: RefusalReason; disguised: boolean }) {
    super(reason);
    this.reason = reason;
    this.disguised = disguised;
  }
}
