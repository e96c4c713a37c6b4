import { describe, expect, it } from 'vitest';
import { identifiersIn, importsOf, withoutComments } from './read-code.js';

const file = (text: string) => ({ path: 'sample.ts', text });

describe('importsOf', () => {
  it('finds every form of import', () => {
    const sample = file(`
import { a } from 'one';
import type { B } from 'two';
import {
  c,
} from 'three';
import 'four';
export * from './five.js';
const six = await import('six');
// import { no } from 'a-comment';
const text = 'seven';
`);

    expect(importsOf(sample)).toEqual([
      { specifier: 'one', typeOnly: false },
      { specifier: 'two', typeOnly: true },
      { specifier: 'three', typeOnly: false },
      { specifier: 'four', typeOnly: false },
      { specifier: './five.js', typeOnly: false },
      { specifier: 'six', typeOnly: false },
    ]);
  });

  it('takes no exported value for an import', () => {
    expect(
      importsOf(file(`export const name = 'value';\nexport function f() { return 'x'; }`)),
    ).toEqual([]);
  });
});

describe('withoutComments', () => {
  it('keeps strings that look like comments, and the lines where they were', () => {
    const sample = file(`const url = 'http://x'; // gone\n/* gone\n too */ code();`);

    expect(withoutComments(sample).text).toBe(`const url = 'http://x'; \n\n code();`);
  });
});

describe('identifiersIn', () => {
  it('leaves out comments and strings', () => {
    const sample = file('// comment\nconst name = { field: "string" };');

    expect([...identifiersIn(sample)]).toEqual(['const', 'name', 'field']);
  });
});
