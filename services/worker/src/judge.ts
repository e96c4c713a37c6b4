import {
  type AnyDecision,
  type CleanUpDecision,
  type CompletePages,
  type Decision,
  type DeleteReading,
  decideAfterDelete,
  decideCleanUp,
  type ProviderVerdict,
  policyFor,
  providerVerdict,
  type ReadingContext,
  type ReadingHints,
  type RequestOutcome,
  type Situation,
  type StatusReading,
  type TrackingPolicy,
} from '@bulkwatch/core';
import type { Claim } from '@bulkwatch/store';
import type { Asked } from './ask-provider.js';
import { decidePoll } from './decide-poll.js';
import type { Reader } from './reader.js';

export interface JudgePorts {
  readonly reader: Pick<Reader, 'readStatus'>;
  readonly policy: TrackingPolicy;
  /** A number in [0, 1). */
  readonly dice: () => number;
}

/** What follows from an answer, or from there being none. */
export interface Judged extends Judgement {
  /** What was decided on. */
  readonly situation: Situation;
  /** What the request says of its provider. */
  readonly verdict: ProviderVerdict;
  /** Set where another origin than the job's provider was asked. */
  readonly elsewhere?: true;
}

interface Judgement {
  readonly decision: AnyDecision | CompletePages;
  /** What the decision rests on. */
  readonly outcome: RequestOutcome<StatusReading | DeleteReading>;
  /** What the answer to a poll was taken for. */
  readonly reading?: StatusReading;
  /** The provider's id of the request. */
  readonly requestId?: string;
}

/** Understands and judges what came of a request. */
export async function judge(ports: JudgePorts, claim: Claim, asked: Asked): Promise<Judged> {
  const { policy, dice } = ports;
  const ofProvider = asked.dialect ? policyFor(asked.dialect.preset, policy) : policy;
  const now = receivedAt(claim, asked);
  const { job, history } = claim;
  const situation: Situation = {
    job,
    now,
    policy: ofProvider,
    dice: dice(),
    ...(history === undefined ? {} : { history }),
  };
  const judging = { ports, claim, situation };
  const judgement = await (asked.kind === 'answered'
    ? judgeAnswer(judging, asked)
    : judgeFailure(judging, asked));
  const elsewhere = isElsewhere(claim, asked);
  const status = asked.kind === 'answered' ? asked.response.status : asked.failure.head?.status;
  const verdict = providerVerdict({
    outcome: judgement.outcome,
    elsewhere,
    ...(status === undefined ? {} : { status }),
  });
  return { ...judgement, situation, verdict, ...(elsewhere ? { elsewhere } : {}) };
}

const isElsewhere = ({ job }: Claim, { url }: Asked): boolean =>
  url !== undefined && new URL(url).origin !== job.provider;

interface Judging {
  readonly ports: JudgePorts;
  readonly claim: Claim;
  readonly situation: Situation;
}

async function judgeAnswer(
  { ports, claim, situation }: Judging,
  asked: Answered,
): Promise<Judgement> {
  const response = { ...asked.response, receivedAt: receivedAt(claim, asked) };
  const context = contextOf(claim, asked);
  if (claim.action === 'delete') {
    const reading = asked.dialect.protocol.readDelete(response, context);
    const outcome = { kind: 'read', reading } as const;
    return { decision: decideDelete(claim, situation, outcome), outcome, ...requestIdOf(reading) };
  }
  const reading = await ports.reader.readStatus(response, context);
  const outcome = { kind: 'read', reading } as const;
  const decision = decidePoll(claim, { ...situation, outcome });
  return { decision, outcome, reading, ...requestIdOf(reading) };
}

/**
 * Where the body of an answer was lost, its head may tell enough: X-Export-Status, or that a delete request was
 * heard. What it does not tell failed for the reason that is known.
 */
async function judgeFailure(judging: Judging, asked: Failed): Promise<Judgement> {
  const byHead = answeredByHead(asked);
  const judged = byHead && (await judgeAnswer(judging, byHead));
  if (judged && tellsOfExport(judged)) return judged;
  const { claim, situation } = judging;
  return claim.action === 'delete'
    ? { decision: decideDelete(claim, situation, asked), outcome: asked }
    : { decision: decidePoll(claim, { ...situation, outcome: asked }), outcome: asked };
}

function answeredByHead({ failure, dialect, url, durationMs }: Failed): Answered | undefined {
  const { head } = failure;
  if (!head || !dialect || url === undefined) return undefined;
  const response = { ...head, body: new Uint8Array(), receivedAt: 0 };
  return { kind: 'answered', response, dialect, url, durationMs };
}

const tellsOfExport = ({ decision }: Judgement): boolean =>
  decision.next !== 'poll-again' || decision.inProgress;

const decideDelete = (
  { job }: Claim,
  situation: Situation,
  outcome: RequestOutcome<DeleteReading>,
): Decision | CleanUpDecision =>
  job.cleanUp
    ? decideCleanUp({ ...situation, outcome, until: job.cleanUp.until })
    : decideAfterDelete({
        ...situation,
        outcome,
        cancelRequestedAt: job.cancelRequestedAt ?? situation.now,
      });

const requestIdOf = ({ requestId }: ReadingHints): Pick<Judgement, 'requestId'> =>
  requestId === undefined ? {} : { requestId };

type Answered = Extract<Asked, { readonly kind: 'answered' }>;
type Failed = Extract<Asked, { readonly kind: 'failed' }>;

/**
 * Instants are Redis's: this host's clock may be wrong, and a Retry-After that is a date must not be read
 * against it.
 */
const receivedAt = (claim: Claim, asked: Asked): number =>
  Math.round(claim.claimedAt + asked.durationMs);

const contextOf = ({ job }: Claim, { dialect, url }: Answered): ReadingContext => ({
  preset: dialect.preset,
  memory: job.memory,
  url,
  statusUrl: job.memory.movedTo ?? job.statusUrl,
});
