import type { z } from 'zod';

/** One thing that is wrong with an input, and where in it. Never holds a value of the input. */
export interface Fault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Everything that zod found wrong, unknown members one by one; paths begin with `base`. */
export function faultsOf(error: z.ZodError, base: readonly PropertyKey[] = []): Fault[] {
  return error.issues.flatMap((issue) => {
    const path = [...base, ...issue.path];
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({ path: [...path, key], message: 'is not known' }));
    if (issue.code === 'invalid_key') return [{ path, message: allOf(issue.issues) }];
    if (issue.code === 'invalid_union')
      return [{ path, message: allOf(issue.errors.flat()) || issue.message }];
    if (issue.code === 'invalid_type' && issue.expected === 'undefined')
      return [{ path, message: 'must be left out' }];
    return [{ path, message: issue.message }];
  });
}

/** JSON Pointer (RFC 6901) to where a fault is; empty for the input as a whole. */
export function pointerTo(path: readonly PropertyKey[]): string {
  return path
    .map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}

function allOf(issues: readonly { readonly message: string }[]): string {
  return issues.map((issue) => issue.message).join(', or ');
}
