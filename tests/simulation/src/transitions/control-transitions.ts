import { acknowledge } from './acknowledge.js';
import { amendAcknowledgement } from './amend-acknowledgement.js';
import { amendJob } from './amend-job.js';
import { cancelJob } from './cancel-job.js';
import { findExpiring } from './find-expiring.js';
import { mendHealth } from './mend-health.js';
import { setOperatorPause } from './operator-pause.js';
import { pauseJob } from './pause-job.js';
import { pollNow } from './poll-now.js';
import { refreshJob } from './refresh-job.js';
import { republish } from './republish.js';
import { requestDelete } from './request-delete.js';
import { resealJob } from './reseal-job.js';
import { resumeJob } from './resume-job.js';
import { takeRequest } from './take-request.js';
import { tellExpiry } from './tell-expiry.js';
import { tendSettled } from './tend-settled.js';
import type { Transition } from './transition.js';

/** What operators and subscribers ask for, and what becomes of settled jobs. */
export const controlTransitions: Readonly<Record<string, Transition>> = {
  'cancel-job': cancelJob,
  'request-delete': requestDelete,
  'pause-job': pauseJob,
  'resume-job': resumeJob,
  'poll-now': pollNow,
  'amend-job': amendJob,
  'set-operator-pause': setOperatorPause,
  'refresh-job': refreshJob,
  acknowledge,
  'amend-acknowledgement': amendAcknowledgement,
  'find-expiring': findExpiring,
  'tell-expiry': tellExpiry,
  'tend-settled': tendSettled,
  republish,
  'take-request': takeRequest,
  'mend-health': mendHealth,
  'reseal-job': resealJob,
};
