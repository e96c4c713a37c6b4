import { describe, expect, it } from 'vitest';
import type { TrackedJob } from './decision.js';
import { suspectAgain, suspectCountOf, suspicionOf } from './suspicion.js';

const trusted: TrackedJob = {
  state: 'in-progress',
  deadlineAt: 0,
  failureCount: 0,
  backoffCount: 0,
  suspectCount: 0,
  memory: {},
};
const suspected: TrackedJob = { ...trusted, suspectReason: 'export-unknown', suspectCount: 2 };

describe('suspicion', () => {
  it('counts hints of the same kind', () => {
    expect(suspectCountOf(suspected, 'export-unknown')).toBe(2);
    expect(suspectAgain(suspected, 'export-unknown')).toStrictEqual({
      suspectReason: 'export-unknown',
      suspectCount: 3,
    });
  });

  it('starts anew with a hint of another kind', () => {
    expect(suspectCountOf(suspected, 'export-failed')).toBe(0);
    expect(suspectAgain(suspected, 'export-failed')).toStrictEqual({
      suspectReason: 'export-failed',
      suspectCount: 1,
    });
  });

  it('is kept as it was by what has nothing to do with it', () => {
    expect(suspicionOf(suspected)).toStrictEqual({
      suspectReason: 'export-unknown',
      suspectCount: 2,
    });
    expect(suspicionOf(trusted)).toStrictEqual({ suspectCount: 0 });
  });
});
