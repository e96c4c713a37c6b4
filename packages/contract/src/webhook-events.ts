import { z } from 'zod';
import { webhookEvents } from './deliverable-types.js';
import { webhookDisabledReasons } from './job-webhook.js';

/** Which webhook an event is about: an endpoint, or that of a job; the other of the two ids is null. */
const webhookSubjectSchema = z.object({
  endpointId: z.string().nullable(),
  jobId: z.string().nullable(),
  /** Its query, which may be a capability, is shown as `?…`. */
  url: z.string(),
});

const envelope = {
  specversion: z.literal('1.0'),
  id: z.string(),
  source: z.string(),
  /** Id of the endpoint, or of the job. */
  subject: z.string(),
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
};

/** CloudEvents 1.0, JSON format: an endpoint, or a job's webhook, has been disabled because deliveries failed. */
export const webhookDisabledEventSchema = z.object({
  ...envelope,
  type: z.literal(webhookEvents['webhook-disabled'].type),
  data: z.object({
    webhook: webhookSubjectSchema.extend({
      disabledReason: z.enum(webhookDisabledReasons),
      /** The first failure since the last success. */
      failingSince: z.iso.datetime(),
      /** What came of the last attempt: a reason, or `http-` and the status. */
      lastReason: z.string(),
    }),
  }),
});
export type WebhookDisabledEvent = z.infer<typeof webhookDisabledEventSchema>;

/** CloudEvents 1.0, JSON format: the body of a test delivery. */
export const webhookTestEventSchema = z.object({
  ...envelope,
  type: z.literal(webhookEvents['webhook-test'].type),
  data: z.object({ webhook: webhookSubjectSchema }),
});
export type WebhookTestEvent = z.infer<typeof webhookTestEventSchema>;
