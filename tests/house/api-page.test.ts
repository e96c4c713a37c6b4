import { readFileSync } from 'node:fs';
import { registrationSchema } from '@bulkwatch/contract';
import { describe, expect, it } from 'vitest';

const read = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const page = read('docs/api.md');

interface Operation {
  readonly security: readonly { readonly bearer: readonly string[] }[];
}
const { paths } = JSON.parse(read('docs/openapi.json')) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

/** Method, path and scope of every call, as the OpenAPI document has them; `none` for what needs no key. */
function calls(): string[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(
      ([method, { security }]) =>
        `${method.toUpperCase()} ${path} ${security[0]?.bearer[0] ?? 'none'}`,
    ),
  );
}

describe('docs/api.md', () => {
  it('names every call of the server with its scope, and no other', () => {
    const rows = page.matchAll(/^\| `([A-Z]+ [^`]+)` \| `([^`]+)` \|/gm);
    const documented = [...rows].map(([, call, scope]) => `${call} ${scope}`);
    expect(calls().length).toBeGreaterThan(5);
    expect(documented.toSorted()).toEqual(calls().toSorted());
  });

  it.each(['docs/api.md', 'docs/webhooks.md'])(
    '%s shows a registration that is accepted',
    (path) => {
      const [, example = ''] = /```json\n([^]*?)```/.exec(read(path)) ?? [];
      expect(registrationSchema.safeParse(JSON.parse(example)).error).toBeUndefined();
    },
  );
});
