import type { Problem } from '@bulkwatch/contract';
import { type Fault, pointerTo } from '@bulkwatch/core';
import type { ApiReason } from './problem.js';

/** A fault of a body, and what the problem is called that it makes. */
export interface ReasonedFault extends Fault {
  readonly reason: ApiReason;
}

/** What a body is refused with. */
export interface RefusedBody {
  readonly kind: 'refused';
  /** The one reason that all faults share, otherwise `validation-failed`. */
  readonly reason: ApiReason;
  readonly errors: NonNullable<Problem['errors']>;
}

export const asValidation = (fault: Fault): ReasonedFault => ({
  ...fault,
  reason: 'validation-failed',
});

/** The refusal of a body that has these faults; there is at least one. */
export function refuseBody(faults: readonly ReasonedFault[]): RefusedBody {
  const [reason = 'validation-failed', ...others] = new Set(faults.map((fault) => fault.reason));
  return {
    kind: 'refused',
    reason: others.length === 0 ? reason : 'validation-failed',
    errors: faults.map(({ path, message }) => ({ field: pointerTo(path), message })),
  };
}
