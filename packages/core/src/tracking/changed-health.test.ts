import { expect, it } from 'vitest';
import { changedHealth } from './changed-health.js';
import type { Decision, PollAgain } from './decision.js';

const again: PollAgain = {
  next: 'poll-again',
  delayMs: 1,
  health: 'ok',
  inProgress: false,
  progressed: false,
  failureCount: 0,
  backoffCount: 0,
  suspectCount: 0,
  anomalies: [],
};
const failed = { ...again, health: 'unreachable' } as const;
const end: Decision = { next: 'fail', reason: 'export-failed' };

it.each([
  ['a first good poll', undefined, again, undefined],
  ['a first poll that fails', undefined, failed, 'unreachable'],
  ['one more that fails alike', 'unreachable', failed, undefined],
  ['one that fails in another way', 'rate-limited', failed, 'unreachable'],
  ['a good one at last', 'unreachable', again, 'ok'],
  ['an answer that says nothing', 'stalled', { ...again, saysNothing: true }, undefined],
  ['an end out of trouble', 'unreachable', end, 'ok'],
  ['an end', 'ok', end, undefined],
] as const)('after %s', (_what, health, decision, changed) => {
  expect(changedHealth(health === undefined ? {} : { health }, decision)).toBe(changed);
});
