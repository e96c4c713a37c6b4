import { defineScript } from './define-script.js';

/** Every script, its keys and arguments in the order of the header of its file. */
export const scripts = {
  register: defineScript({
    name: 'register',
    keys: ['job', 'openJob', 'due', 'events', 'index', 'idempotency', 'tenants'],
    args: [
      'jobId',
      'tenant',
      'firstDelayMs',
      'event',
      'channel',
      'eventsMaxLength',
      'fingerprint',
      'idempotencyMs',
    ],
  }),
  claimPoll: defineScript({
    name: 'claim-poll',
    keys: ['job', 'due', 'providers'],
    args: [
      'jobId',
      'wake',
      'nonce',
      'requestBudgetMs',
      'floorMs',
      'overdueToleranceMs',
      'spreadPerJobMs',
      'spreadMaxMs',
      'dice',
    ],
  }),
  releaseClaim: defineScript({
    name: 'release-claim',
    keys: ['job', 'due'],
    args: ['jobId', 'epoch'],
  }),
  applyDecision: defineScript({
    name: 'apply-decision',
    keys: ['job', 'due', 'polls', 'provider', 'events', 'manifest', 'index', 'openJob', 'pages'],
    args: [
      'jobId',
      'epoch',
      'state',
      'delayMs',
      'poll',
      'timelineLength',
      'pollsToCount',
      'learntRetryAfterMs',
      'pauseProviderMs',
      'eventsMaxLength',
      'manifest',
      'pageField',
      'page',
      'cleared',
      'told',
    ],
  }),
  cancelJob: defineScript({
    name: 'cancel-job',
    keys: ['job', 'due', 'events', 'index', 'openJob'],
    args: ['jobId', 'version', 'event', 'channel', 'eventsMaxLength', 'cleared'],
  }),
  requestDelete: defineScript({
    name: 'request-delete',
    keys: ['job', 'due'],
    args: ['jobId', 'at'],
  }),
  findOverdue: defineScript({
    name: 'find-overdue',
    keys: ['due', 'jobs'],
    args: ['graceMs', 'offset', 'limit'],
  }),
  rescueJob: defineScript({
    name: 'rescue-job',
    keys: ['job', 'due'],
    args: ['jobId', 'wake', 'graceMs'],
  }),
} as const;
