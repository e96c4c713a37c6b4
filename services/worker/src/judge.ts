import {
  type CompletePages,
  type Decision,
  decideAfterDelete,
  decideNextStep,
  policyFor,
  type ReadingContext,
  type ReadingHints,
  type Situation,
  type StatusReading,
  type StatusResponse,
  type TrackingPolicy,
} from '@bulkwatch/core';
import type { Claim } from '@bulkwatch/store';
import type { Asked } from './ask-provider.js';
import type { Reader } from './reader.js';

export interface JudgePorts {
  readonly reader: Pick<Reader, 'readStatus'>;
  readonly policy: TrackingPolicy;
  /** A number in [0, 1). */
  readonly dice: () => number;
}

/** What follows from an answer, or from there being none. */
export interface Judged {
  readonly decision: Decision | CompletePages;
  /** What the answer to a poll was taken for. */
  readonly reading?: StatusReading;
  /** The provider's id of the request. */
  readonly requestId?: string;
}

/** Understands and judges what came of a request. */
export async function judge(
  { policy, dice, reader }: JudgePorts,
  claim: Claim,
  asked: Asked,
): Promise<Judged> {
  const { job } = claim;
  const now = receivedAt(claim, asked);
  const ofProvider = asked.dialect ? policyFor(asked.dialect.preset, policy) : policy;
  const situation = { job, now, policy: ofProvider, dice: dice() };
  if (claim.action === 'delete') return judgeDelete(claim, asked, situation);
  if (asked.kind === 'failed')
    return { decision: decideNextStep({ ...situation, outcome: asked }) };
  const reading = await reader.readStatus(responseOf(claim, asked), contextOf(claim, asked));
  const decision = decideNextStep({ ...situation, outcome: { kind: 'read', reading } });
  return { decision, reading, ...requestIdOf(reading) };
}

function judgeDelete(claim: Claim, asked: Asked, situation: Situation): Judged {
  const { cancelRequestedAt = situation.now } = claim.job;
  const judging = { ...situation, cancelRequestedAt };
  if (asked.kind === 'failed')
    return { decision: decideAfterDelete({ ...judging, outcome: asked }) };
  const { protocol } = asked.dialect;
  const reading = protocol.readDelete(responseOf(claim, asked), contextOf(claim, asked));
  const decision = decideAfterDelete({ ...judging, outcome: { kind: 'read', reading } });
  return { decision, ...requestIdOf(reading) };
}

const requestIdOf = ({ requestId }: ReadingHints): Pick<Judged, 'requestId'> =>
  requestId === undefined ? {} : { requestId };

type Answered = Extract<Asked, { readonly kind: 'answered' }>;

/**
 * Instants are Redis's: this host's clock may be wrong, and a Retry-After that is a date must not be read
 * against it.
 */
const receivedAt = (claim: Claim, asked: Asked): number =>
  Math.round(claim.claimedAt + asked.durationMs);

const responseOf = (claim: Claim, asked: Answered): StatusResponse => ({
  ...asked.response,
  receivedAt: receivedAt(claim, asked),
});

const contextOf = (claim: Claim, { dialect, url }: Answered): ReadingContext => ({
  preset: dialect.preset,
  memory: claim.job.memory,
  url,
});
