import { createHash } from 'node:crypto';
import { keys } from '../keys.js';

const tag = '{bulkwatch}';
const fingerprint = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** Keys of webhooks, which share the hash tag of all others. */
export const webhookKeys = {
  /** Up to which entry of the stream events have been read for webhooks, and a text that is new with each change. */
  webhooks: `${tag}:webhooks`,
  endpoints: (tenant: string) => `${tag}:webhook-endpoints:${tenant}`,
  endpoint: (endpointId: string) => `${tag}:webhook-endpoint:${endpointId}`,
  delivery: (deliveryId: string) => `${tag}:webhook-delivery:${deliveryId}`,
  attempts: (deliveryId: string) => `${tag}:webhook-attempts:${deliveryId}`,
  body: (bodyId: string) => `${tag}:webhook-body:${bodyId}`,
  /** Of an endpoint or a job. */
  log: (id: string) => `${tag}:webhook-log:${id}`,
  receiver: (receiverId: string) => `${tag}:webhook-receiver:${receiverId}`,
  pending: (receiverId: string) => `${tag}:webhook-pending:${receiverId}`,
  due: `${tag}:webhooks-due`,
  failing: `${tag}:webhooks-failing`,
  disabled: `${tag}:webhooks-disabled`,
} as const;

/** Name and key prefix of the engine's queue of webhooks. Everything in it may be lost and is rebuilt. */
export const webhookQueue = { name: 'webhooks', prefix: `${tag}:bull` } as const;

/** Bodies are kept once, whoever they go to. */
export const bodyId = (body: string): string => fingerprint(body);

/** To whom a delivery goes. */
export type Target =
  | { readonly kind: 'endpoint'; readonly endpointId: string }
  | { readonly kind: 'job'; readonly jobId: string };

/** The record of a target. */
export const targetKey = (target: Target): string =>
  target.kind === 'endpoint' ? webhookKeys.endpoint(target.endpointId) : keys.job(target.jobId);

/**
 * Who takes turns: an endpoint by itself, and the webhooks of jobs together by tenant and origin, so that a host that
 * is out is asked by one of a thousand jobs, not by all. Ids of the engine's entries begin with it: it has no colon.
 */
export const receiverOf = {
  endpoint: (endpointId: string): string => endpointId,
  /** Tests do not wait for what is pending, nor while the endpoint is left alone. */
  test: (endpointId: string): string => `${endpointId}-test`,
  jobs: (tenant: string, url: string): string => fingerprint(`${tenant}\n${new URL(url).origin}`),
} as const;
