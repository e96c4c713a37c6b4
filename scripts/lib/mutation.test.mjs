import { describe, expect, it } from 'vitest';
import { strykerArgs } from './mutation.mjs';

describe('strykerArgs', () => {
  it('leaves the choice of what to mutate to the configuration', () => {
    expect(strykerArgs(['--force'])).toEqual(['--force']);
  });

  it('chooses files, lines and folders, and still no tests', () => {
    const paths = ['core/src/a.ts', 'core/src/b.ts:5-9', 'core/src/tracking', 'core/src/protocol/'];

    expect(strykerArgs(['--force', ...paths])).toEqual([
      '--mutate=core/src/a.ts,core/src/b.ts:5-9,core/src/tracking/**/*.ts,' +
        'core/src/protocol/**/*.ts,!**/*.test.ts,!**/index.ts',
      '--force',
    ]);
  });
});
