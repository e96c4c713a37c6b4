import { type JobActions, jobActionsSchema } from '@bulkwatch/contract';
import { faultsOf } from '@bulkwatch/core';
import { isCursor } from '@bulkwatch/store';
import { droppedLabels } from './read-registration.js';
import { asValidation, type RefusedBody, refuseBody } from './reasoned-fault.js';

export type JobActionsReading =
  | { readonly kind: 'accepted'; readonly actions: JobActions }
  | RefusedBody;

/** Reads the body of `POST /v1/jobs/actions` and names everything that is wrong with it at once. */
export function readJobActions(body: unknown): JobActionsReading {
  const parsed = jobActionsSchema.safeParse(body);
  const { filter, cursor } = (body ?? {}) as {
    readonly filter?: unknown;
    readonly cursor?: unknown;
  };
  const faults = [
    // Left out without a word, it would widen the filter.
    ...droppedLabels(filter).map((fault) => ({ ...fault, path: ['filter', ...fault.path] })),
    ...(parsed.success ? [] : faultsOf(parsed.error)),
    ...(typeof cursor === 'string' && !isCursor(cursor) ? [notACursor] : []),
  ];
  return parsed.success && faults.length === 0
    ? { kind: 'accepted', actions: parsed.data }
    : refuseBody(faults.map(asValidation));
}

const notACursor = { path: ['cursor'], message: 'is not one that an answer has named' };
