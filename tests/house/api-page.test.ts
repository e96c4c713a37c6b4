import { readFileSync } from 'node:fs';
import { registrationSchema } from '@bulkwatch/contract';
import { describe, expect, it } from 'vitest';

const read = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const page = read('docs/api.md');

/** Method and path of every call, as the server's routes say. */
function calls(): string[] {
  const routes = read('services/api/src/server.ts').split('.route(').slice(1);
  return routes.flatMap((route) => {
    const [, path = ''] = /^'([^']+)'/.exec(route) ?? [];
    const methods = [...route.matchAll(/\.(get|post|put|patch|delete)\(/g)];
    const template = path.replace(/:(\w+)/g, '{$1}');
    return methods.map(([, method = '']) => `${method.toUpperCase()} ${template}`);
  });
}

describe('docs/api.md', () => {
  it('names every call of the server, and no other', () => {
    const documented = [...page.matchAll(/^\| `([A-Z]+ [^`]+)` \|/gm)].map(([, call]) => call);
    expect(calls().length).toBeGreaterThan(5);
    expect(documented.toSorted()).toEqual(calls().toSorted());
  });

  it('shows a registration that is accepted', () => {
    const [, example = ''] = /```json\n([^]*?)```/.exec(page) ?? [];
    expect(registrationSchema.safeParse(JSON.parse(example)).error).toBeUndefined();
  });
});
