import { amendJob } from './amend-job.js';
import { findExpiring } from './find-expiring.js';
import { setOperatorPause } from './operator-pause.js';
import { pollNow } from './poll-now.js';
import { refreshJob } from './refresh-job.js';
import { requestDelete } from './request-delete.js';
import { resealJob } from './reseal-job.js';
import { takeRequest } from './take-request.js';
import { tendSettled } from './tend-settled.js';
import type { Transition } from './transition.js';

/** What operators and subscribers ask for, and what becomes of settled jobs. */
export const controlTransitions: Readonly<Record<string, Transition>> = {
  'request-delete': requestDelete,
  'poll-now': pollNow,
  'amend-job': amendJob,
  'set-operator-pause': setOperatorPause,
  'refresh-job': refreshJob,
  'find-expiring': findExpiring,
  'tend-settled': tendSettled,
  'take-request': takeRequest,
  'reseal-job': resealJob,
};
