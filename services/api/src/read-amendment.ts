import { amendmentSchema } from '@bulkwatch/contract';
import { faultsOf } from '@bulkwatch/core';
import type { Amendment, JobRecord } from '@bulkwatch/store';
import { droppedLabels, faultsOfLife, type RefusedUrl } from './read-registration.js';
import {
  asValidation,
  type ReasonedFault,
  type RefusedBody,
  refuseBody,
} from './reasoned-fault.js';
import { asNewWebhook, judgeWebhook, type WebhookRules } from './webhook-rules.js';

/** What an amendment is judged by. */
export interface AmendmentRules extends WebhookRules {
  readonly job: Pick<JobRecord, 'credential' | 'health' | 'dueAt'>;
  /** Epoch ms. */
  readonly now: number;
}

export type AmendmentReading =
  | { readonly kind: 'accepted'; readonly amendment: Amendment }
  | (RefusedBody & { readonly webhookRefusal?: RefusedUrl });

/** Reads the body of a `PATCH` and names everything that is wrong with it at once. */
export function readAmendment(body: unknown, rules: AmendmentRules): AmendmentReading {
  const parsed = amendmentSchema.safeParse(body);
  if (!parsed.success)
    return refuseBody([...faultsOf(parsed.error), ...droppedLabels(body)].map(asValidation));
  const { bearerToken, labels, deleteOnAcknowledge, requiredSubscribers, webhook } = parsed.data;
  const deadlineAt =
    parsed.data.deadlineAt === undefined ? undefined : Date.parse(parsed.data.deadlineAt);
  const judged = webhook && judgeWebhook(webhook.url, ['webhook', 'url'], rules);
  const faults = [
    ...droppedLabels(body).map(asValidation),
    ...(bearerToken === undefined ? [] : faultsOfToken(bearerToken, rules)),
    ...(deadlineAt === undefined || deadlineAt > rules.now ? [] : [deadlineIsPast]),
    ...(judged?.faults ?? []),
  ];
  if (faults.length > 0)
    return {
      ...refuseBody(faults),
      ...(judged?.refusal ? { webhookRefusal: judged.refusal } : {}),
    };
  return {
    kind: 'accepted',
    amendment: {
      ...(bearerToken === undefined ? {} : { bearerToken }),
      ...(deadlineAt === undefined ? {} : { deadlineAt }),
      ...(labels === undefined ? {} : { labels }),
      ...(deleteOnAcknowledge === undefined ? {} : { deleteOnAcknowledge }),
      ...(requiredSubscribers === undefined ? {} : { requiredSubscribers }),
      ...(webhook === undefined ? {} : { webhook: webhook && asNewWebhook(webhook) }),
    },
  };
}

const deadlineIsPast = asValidation({ path: ['deadlineAt'], message: 'must be in the future' });

/** What is wrong with a token that is submitted for a job after its registration. */
export function faultsOfToken(
  token: string,
  { job, canSeal, now }: Pick<AmendmentRules, 'job' | 'canSeal' | 'now'>,
): ReasonedFault[] {
  const fault = (message: string, reason: ReasonedFault['reason'] = 'validation-failed') => [
    { path: ['bearerToken'], message, reason },
  ];
  if (!canSeal)
    return fault('cannot be kept, there is no key to seal it', 'sealing-not-configured');
  if (job.credential !== undefined)
    return fault('cannot be given to a job that was registered with a credential');
  // One that waits for a token is polled with this one at once.
  return faultsOfLife(token, job.health === 'auth-blocked' ? now : Math.max(now, job.dueAt ?? 0));
}
