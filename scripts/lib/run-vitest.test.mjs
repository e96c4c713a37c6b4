import { describe, expect, it } from 'vitest';
import { countTests } from './run-vitest.mjs';

const file = (status, ...tests) => ({
  status,
  assertionResults: tests.map((test) => ({ status: test })),
});

describe('countTests', () => {
  it('adds up the tests of all files', () => {
    const testResults = [
      file('passed', 'passed', 'pending', 'todo'),
      file('failed', 'failed', 'passed'),
    ];

    expect(countTests({ testResults }, false)).toEqual({ passed: 2, failed: 1, skipped: 2 });
  });

  it('counts a file that does not load as a failure', () => {
    const testResults = [file('failed'), file('passed', 'passed')];

    expect(countTests({ testResults }, false)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  it('never takes a failed run for a clean one', () => {
    expect(countTests({ testResults: [file('passed', 'passed')] }, false).failed).toBe(1);
    expect(countTests({ testResults: [] }, false).failed).toBe(1);
  });
});
