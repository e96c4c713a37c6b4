import { expect, it } from 'vitest';
import { etagOf, versionsIn } from './etag.js';

it('reads back the version that it wrote', () => {
  expect(versionsIn(etagOf(42))).toEqual([42]);
});

it.each([
  ['W/"1", "2" , W/"abc"', [1, 2]],
  ['*', []],
  ['', []],
  ['7', []],
  [undefined, []],
])('reads %j as %j', (header, versions) => {
  expect(versionsIn(header)).toEqual(versions);
});
