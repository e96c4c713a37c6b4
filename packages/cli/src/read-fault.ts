import { type BulkwatchError, isBulkwatchError } from '@bulkwatch/client';
import { SettingsError } from '@bulkwatch/runtime';
import { CommandError } from './command-error.js';
import type { ExitName } from './exit-codes.js';
import { printable } from './printable.js';
import { problemLines } from './problem-lines.js';

/** How to end after a fault, and what to say of it. */
export interface Fault {
  readonly exit: ExitName;
  readonly lines: readonly string[];
}

/** Reads an error that is no bug of ours; undefined for one that is. */
export async function readFault(error: unknown): Promise<Fault | undefined> {
  if (error instanceof CommandError) return { exit: error.exit, lines: [error.message] };
  if (error instanceof SettingsError) return { exit: 'usage', lines: [error.message] };
  if (isBulkwatchError(error))
    return {
      exit: isRefusal(error) ? 'refused' : 'unreachable',
      lines: [printable(error.message), ...linesBelow(error)],
    };
  return readStoreFault(error);
}

async function readStoreFault(error: unknown): Promise<Fault | undefined> {
  // It takes long to load, and is loaded already where the error is one of its own.
  const { RequirementsError, SealKeysError, StoreUnavailableError } = await import(
    '@bulkwatch/store'
  );
  if (error instanceof SealKeysError) return { exit: 'failed', lines: [error.message] };
  if (error instanceof RequirementsError || error instanceof StoreUnavailableError)
    return { exit: 'unreachable', lines: [error.message] };
  return undefined;
}

function linesBelow({ problem, reason }: BulkwatchError): readonly string[] {
  if (problem) return problemLines(problem);
  const nowhere = reason === 'connection-failed' || reason === 'response-unreadable';
  return nowhere ? ['BULKWATCH_API_URL or --api-url says where the api is.'] : [];
}

/** Whether the api said no to what was asked, and would again: as opposed to not now, or not there. */
export function isRefusal(
  error: unknown,
): error is BulkwatchError & { readonly problem: NonNullable<BulkwatchError['problem']> } {
  if (!isBulkwatchError(error) || error.problem === null || error.status === null) return false;
  return error.status < 500 && error.status !== 429;
}
