import { z } from 'zod';
import { anyStep } from './export-step.js';

const { times, retryAfterSeconds, headers, body, delayMs, fault, lastsMs } = anyStep;

/** What a request for a file gets in place of the file, or while it is sent. */
export const fileStepSchema = z.strictObject({
  /** A status in place of the file; without it the file is sent, with what goes wrong meanwhile. */
  status: z.int().min(200).max(599).optional(),
  times,
  retryAfterSeconds,
  headers,
  body,
  delayMs,
  fault,
  lastsMs,
});
export type CheckedFileStep = z.output<typeof fileStepSchema>;

/** The step that answers a request, requests being counted from 0; undefined where there are no more of them. */
export function stepOfRequest(
  steps: readonly CheckedFileStep[],
  request: number,
): CheckedFileStep | undefined {
  let first = 0;
  for (const step of steps) {
    first += step.times ?? 1;
    if (request < first) return step;
  }
  return undefined;
}
