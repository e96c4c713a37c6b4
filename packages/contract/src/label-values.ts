import { eventWords } from './events.js';
import { jobActions } from './job-actions.js';
import { holds } from './jobs.js';
import { scoredOutcomes } from './providers.js';
import { anomalies, reasonNames } from './reasons.js';
import { jobStates, pollHealths } from './states.js';

/** The words of the contract that label metrics. */
export const labelValues = {
  reason: reasonNames,
  state: jobStates,
  event: eventWords,
  anomaly: anomalies,
  health: pollHealths,
  hold: holds,
  action: jobActions,
  scoredOutcome: scoredOutcomes,
} as const;
