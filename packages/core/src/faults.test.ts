import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { faultsOf, pointerTo } from './faults.js';

const schema = z.strictObject({
  name: z.string('must be a text').optional(),
  wait: z.union([z.string('must be a text'), z.number('must be a number')]).optional(),
  headers: z.record(z.string().regex(/^[a-z]+$/, 'takes letters'), z.string()).optional(),
  options: z.undefined().optional(),
});

function faults(value: unknown, base?: readonly PropertyKey[]) {
  const { error } = schema.safeParse(value);
  if (!error) throw new Error('it was accepted');
  return faultsOf(error, base).map(({ path, message }) => [pointerTo(path), message]);
}

describe('faultsOf', () => {
  it('names each unknown member', () => {
    expect(faults({ a: 1, 'b/~c': 2 })).toEqual([
      ['/a', 'is not known'],
      ['/b~1~0c', 'is not known'],
    ]);
  });

  it('says what would have been accepted', () => {
    expect(faults({ name: 1 })).toEqual([['/name', 'must be a text']]);
    expect(faults({ wait: true })).toEqual([['/wait', 'must be a text, or must be a number']]);
    expect(faults({ headers: { 'x-y': 'z' } })).toEqual([['/headers/x-y', 'takes letters']]);
    expect(faults({ options: {} })).toEqual([['/options', 'must be left out']]);
  });

  it('says so where a member of a union is wrong inside', () => {
    const either = z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') })]);

    expect(faultsOf(either.safeParse({ kind: 'b' }).error ?? new z.ZodError([]))).toEqual([
      { path: ['kind'], message: expect.stringMatching(/./) },
    ]);
  });

  it('points from where the value is', () => {
    expect(faults({ name: 1 }, ['presets', 'x'])).toEqual([['/presets/x/name', 'must be a text']]);
    expect(faults(7)).toEqual([['', expect.any(String)]]);
  });
});
