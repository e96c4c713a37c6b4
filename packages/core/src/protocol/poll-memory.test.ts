import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyMemory } from '../../tests/arbitraries.js';
import { afterOneAnswer, readPollMemory, writePollMemory } from './poll-memory.js';

describe('a memory as text', () => {
  it('is what it was', () => {
    fc.assert(
      fc.property(anyMemory, (memory) => {
        expect(readPollMemory(writePollMemory(memory))).toEqual(memory);
      }),
    );
  });

  it('is none when there is nothing to remember', () => {
    expect(writePollMemory({})).toBeUndefined();
  });

  it.each([undefined, '', 'no JSON', '7', '[]', 'null'])('is empty where %j was kept', (text) => {
    expect(readPollMemory(text)).toStrictEqual({});
  });
});

describe('afterOneAnswer', () => {
  const url = 'https://ehr.example/a';

  it('forgets a redirect', () => {
    const memory = { movedTo: url, redirect: { url, hops: 2 } };

    expect(afterOneAnswer(memory)).toStrictEqual({ movedTo: url });
  });

  it.each(['result', 'page'] as const)('keeps a %s', (kind) => {
    const cursor = { kind, url };

    expect(afterOneAnswer({ redirect: { url, hops: 1 }, cursor })).toStrictEqual({ cursor });
  });
});
