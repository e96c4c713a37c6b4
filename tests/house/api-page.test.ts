import { readFileSync } from 'node:fs';
import { registrationSchema } from '@bulkwatch/contract';
import { describe, expect, it } from 'vitest';

const read = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const page = read('docs/api.md');

/** Method and path of every call, as the server's table of routes says. */
function calls(): string[] {
  const rows = read('services/api/src/route-table.ts').matchAll(
    /method: '(\w+)',\s+path: '([^']+)',\s+scope: '([^']+)'/g,
  );
  return [...rows].map(
    ([, method = '', path = '', scope = '']) =>
      `${method.toUpperCase()} ${path.replace(/:(\w+)/g, '{$1}')} ${scope}`,
  );
}

describe('docs/api.md', () => {
  it('names every call of the server with its scope, and no other', () => {
    const rows = page.matchAll(/^\| `([A-Z]+ [^`]+)` \| `([^`]+)` \|/gm);
    const documented = [...rows].map(([, call, scope]) => `${call} ${scope}`);
    expect(calls().length).toBeGreaterThan(5);
    expect(documented.toSorted()).toEqual(calls().toSorted());
  });

  it('shows a registration that is accepted', () => {
    const [, example = ''] = /```json\n([^]*?)```/.exec(page) ?? [];
    expect(registrationSchema.safeParse(JSON.parse(example)).error).toBeUndefined();
  });
});
