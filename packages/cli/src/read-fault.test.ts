import { BulkwatchError, type Problem } from '@bulkwatch/client';
import { SettingsError } from '@bulkwatch/runtime';
import { RequirementsError, StoreUnavailableError } from '@bulkwatch/store';
import { describe, expect, it } from 'vitest';
import { CommandError, UsageError } from './command-error.js';
import { readFault } from './read-fault.js';

function answered(status: number): BulkwatchError {
  const problem: Problem = {
    type: 'about:blank',
    title: 'No.',
    status,
    reason: 'validation-failed',
    errors: [{ field: '/labels', message: 'too \u001b[31mmany' }],
  };
  return new BulkwatchError({ reason: problem.reason, says: problem.title, status, problem });
}

describe('readFault', () => {
  it.each([
    ['usage', new UsageError('x')],
    ['failed', new CommandError('x')],
    ['refused', new CommandError('x', 'refused')],
    ['usage', new SettingsError([])],
    ['unreachable', new RequirementsError([])],
    ['unreachable', new StoreUnavailableError()],
    ['refused', answered(400)],
    ['refused', answered(404)],
    ['unreachable', answered(429)],
    ['unreachable', answered(503)],
    ['unreachable', new BulkwatchError({ reason: 'timed-out', says: 'x' })],
    ['unreachable', new BulkwatchError({ reason: 'response-unreadable', says: 'x', status: 404 })],
  ])('ends as %s after %s', async (exit, error) => {
    expect(await readFault(error)).toMatchObject({ exit });
  });

  it('names the fields at fault, and steers no terminal', async () => {
    expect((await readFault(answered(400)))?.lines).toEqual([
      'No. (validation-failed, HTTP 400)',
      '  /labels: too \ufffd[31mmany',
    ]);
  });

  it('leaves bugs alone', async () => {
    expect(await readFault(new TypeError('x'))).toBeUndefined();
  });
});
