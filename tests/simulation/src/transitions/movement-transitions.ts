import { applyDecision } from './apply-decision.js';
import { claimPoll } from './claim-poll.js';
import { findOverdue } from './find-overdue.js';
import { register } from './register.js';
import { releaseClaim } from './release-claim.js';
import { rescueJob } from './rescue-job.js';
import type { Transition } from './transition.js';

/** What moves a job: registration, claims, what a poll came to, and rescue. */
export const movementTransitions: Readonly<Record<string, Transition>> = {
  register,
  'claim-poll': claimPoll,
  'release-claim': releaseClaim,
  'apply-decision': applyDecision,
  'rescue-job': rescueJob,
  'find-overdue': findOverdue,
};
