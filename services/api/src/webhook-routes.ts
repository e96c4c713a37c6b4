import { webhookDeliveriesQuerySchema } from '@bulkwatch/contract';
import { jsonBody, optionalJsonBody } from './body.js';
import { checkEndpoint } from './check-endpoint.js';
import type { ApiReason } from './problem.js';
import { refuseQuery } from './read-query.js';
import { notModified, type Route } from './route.js';
import { listEndpointDeliveries, listJobDeliveries } from './routes/list-deliveries.js';
import { replay, rotateSecret, testEndpoint } from './routes/webhook-actions.js';
import {
  amendEndpoint,
  createEndpoint,
  deleteEndpoint,
  getEndpoint,
  listEndpoints,
} from './routes/webhook-endpoints.js';

/** Faults of a URL that is well formed. */
const ofTheUrl: readonly ApiReason[] = [
  'validation-failed',
  'webhook-not-allowed',
  'sealing-not-configured',
];

const onePage = {
  200: { says: 'One page.', body: { schema: 'WebhookDeliveryList' }, headers: ['Link'] },
  ...notModified,
} as const satisfies Route['answers'];

const theEndpoint = { says: 'The endpoint.', body: { schema: 'WebhookEndpoint' } } as const;

/** The part of the table of calls that is about webhooks. */
export const webhookRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/v1/webhook-endpoints',
    scope: 'webhooks:read',
    name: 'listWebhookEndpoints',
    summary: 'List the webhook endpoints of the tenant, the newest first',
    answers: {
      200: { says: 'All of them.', body: { schema: 'WebhookEndpointList' } },
      ...notModified,
    },
    handlers: (c) => [refuseQuery, listEndpoints(c)],
  },
  {
    method: 'post',
    path: '/v1/webhook-endpoints',
    scope: 'webhooks:write',
    name: 'createWebhookEndpoint',
    summary: 'Have the events of the tenant posted to a URL',
    body: { schema: 'NewWebhookEndpoint' },
    answers: {
      201: {
        says: 'The endpoint, and the secret that its deliveries are signed with, which is never shown again.',
        body: { schema: 'CreatedWebhookEndpoint' },
        headers: ['Location'],
      },
    },
    reasons: [...ofTheUrl, 'too-many-webhook-endpoints'],
    handlers: (c) => [refuseQuery, ...jsonBody(c.settings.apiBodyMaxBytes), createEndpoint(c)],
  },
  {
    method: 'get',
    path: '/v1/webhook-endpoints/:endpoint',
    scope: 'webhooks:read',
    name: 'getWebhookEndpoint',
    summary: 'Read a webhook endpoint',
    answers: { 200: theEndpoint, ...notModified },
    handlers: (c) => [checkEndpoint, refuseQuery, getEndpoint(c)],
  },
  {
    method: 'patch',
    path: '/v1/webhook-endpoints/:endpoint',
    scope: 'webhooks:write',
    name: 'amendWebhookEndpoint',
    summary: 'Change a webhook endpoint, disable it, or enable it again',
    body: { schema: 'WebhookEndpointAmendment' },
    answers: { 200: { ...theEndpoint, says: 'The endpoint as it is now.' } },
    reasons: ofTheUrl,
    handlers: (c) => [
      checkEndpoint,
      refuseQuery,
      ...jsonBody(c.settings.apiBodyMaxBytes),
      amendEndpoint(c),
    ],
  },
  {
    method: 'delete',
    path: '/v1/webhook-endpoints/:endpoint',
    scope: 'webhooks:write',
    name: 'deleteWebhookEndpoint',
    summary: 'Delete a webhook endpoint with its log; nothing more is posted to it',
    answers: { 204: { says: 'It is gone.' } },
    handlers: (c) => [checkEndpoint, refuseQuery, deleteEndpoint(c)],
  },
  {
    method: 'post',
    path: '/v1/webhook-endpoints/:endpoint/rotate-secret',
    scope: 'webhooks:write',
    name: 'rotateWebhookSecret',
    summary: 'Make a new secret; for a while deliveries are signed with the old one, too',
    body: { schema: 'RotateWebhookSecret', optional: true },
    answers: {
      200: {
        says: 'The new secret, which is never shown again.',
        body: { schema: 'RotatedWebhookSecret' },
      },
    },
    reasons: ['validation-failed', 'sealing-not-configured'],
    handlers: (c) => [
      checkEndpoint,
      refuseQuery,
      ...optionalJsonBody(c.settings.apiBodyMaxBytes),
      rotateSecret(c),
    ],
  },
  {
    method: 'post',
    path: '/v1/webhook-endpoints/:endpoint/test',
    scope: 'webhooks:write',
    name: 'testWebhookEndpoint',
    summary: 'Have a test event posted to a webhook endpoint at once, even while it is disabled',
    answers: {
      202: {
        says: 'The delivery; its log tells what came of it.',
        body: { schema: 'WebhookTest' },
      },
    },
    handlers: (c) => [checkEndpoint, refuseQuery, testEndpoint(c)],
  },
  {
    method: 'get',
    path: '/v1/webhook-endpoints/:endpoint/deliveries',
    scope: 'webhooks:read',
    name: 'listWebhookDeliveries',
    summary: 'List the deliveries to a webhook endpoint, the newest first',
    query: webhookDeliveriesQuerySchema,
    answers: onePage,
    handlers: (c) => [checkEndpoint, listEndpointDeliveries(c)],
  },
  {
    method: 'post',
    path: '/v1/webhook-endpoints/:endpoint/replay',
    scope: 'webhooks:write',
    name: 'replayWebhook',
    summary: 'Send events to a webhook endpoint again, or that it was not sent',
    body: { schema: 'ReplayWebhook' },
    answers: { 202: { says: 'How many.', body: { schema: 'WebhookReplay' } } },
    reasons: ['validation-failed', 'webhook-delivery-not-found', 'webhook-disabled'],
    handlers: (c) => [
      checkEndpoint,
      refuseQuery,
      ...jsonBody(c.settings.apiBodyMaxBytes),
      replay(c),
    ],
  },
  {
    method: 'get',
    path: '/v1/jobs/:id/deliveries',
    scope: 'webhooks:read',
    name: 'listJobDeliveries',
    summary: 'List the deliveries of the events of a job, to endpoints and to its own webhook',
    query: webhookDeliveriesQuerySchema,
    answers: onePage,
    handlers: (c) => [listJobDeliveries(c)],
  },
];
