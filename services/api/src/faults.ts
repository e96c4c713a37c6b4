import type { z } from 'zod';

/** One thing that is wrong with an input, and where in it. Never holds a value of the input. */
export interface Fault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Everything that zod found wrong, unknown members one by one. */
export function faultsOf(error: z.ZodError): Fault[] {
  return error.issues.flatMap((issue) => {
    const { path } = issue;
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({ path: [...path, key], message: 'is not known' }));
    if (issue.code === 'invalid_key') return [{ path, message: allOf(issue.issues) }];
    if (issue.code === 'invalid_union')
      return [{ path, message: allOf(issue.errors.flat()) || issue.message }];
    return [{ path, message: issue.message }];
  });
}

/** JSON Pointer (RFC 6901) to a member of the body; empty for the body as a whole. */
export function pointerTo(path: readonly PropertyKey[]): string {
  return path
    .map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}

function allOf(issues: readonly { readonly message: string }[]): string {
  return issues.map((issue) => issue.message).join(', or ');
}
