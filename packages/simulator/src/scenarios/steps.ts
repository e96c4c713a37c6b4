import type { ExportStep } from '../export-step.js';
import { operationOutcome } from '../operation-outcome.js';

type Fields = Omit<ExportStep, 'answer' | 'status'>;

/** `202`. */
export const running = (fields: Fields = {}): ExportStep => ({ answer: 'in-progress', ...fields });

/** `200` with the manifest. */
export const complete = (
  fields: Omit<Extract<ExportStep, { answer: 'complete' }>, 'answer'> = {},
): ExportStep => ({ answer: 'complete', ...fields });

/** An answer of this status, with no body unless `fields` has one. */
export const status = (code: number, fields: Fields = {}): ExportStep => ({
  answer: 'status',
  status: code,
  ...fields,
});

/** An answer of this status that an OperationOutcome explains. */
export const outcome = (
  code: number,
  issue: Parameters<typeof operationOutcome>[0],
  fields: Fields = {},
): ExportStep => status(code, { body: operationOutcome(issue), ...fields });
