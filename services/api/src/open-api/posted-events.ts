import { schemaRef } from './schemas.js';

const header = (name: string, description: string): object => ({
  name,
  in: 'header',
  required: true,
  description,
  schema: { type: 'string' },
});

/** What receivers are sent, for the document's `webhooks`: requests that we make (OpenAPI 3.1, section 4.8.1). */
export const postedEvents = {
  event: {
    post: {
      summary: 'An event, as it is posted to webhook endpoints and to the webhooks of jobs',
      description:
        'Signed as Standard Webhooks 1.0 has it. The same event may be posted more than once, with one `webhook-id`.',
      security: [],
      parameters: [
        header('webhook-id', 'The `id` of the event.'),
        header('webhook-timestamp', 'When this attempt was made, in seconds since 1970.'),
        header('webhook-signature', 'One signature for each secret in force, blanks between.'),
      ],
      requestBody: {
        required: true,
        content: {
          'application/cloudevents+json': {
            schema: {
              anyOf: [
                schemaRef('ExportEvent'),
                schemaRef('WebhookDisabledEvent'),
                schemaRef('WebhookTestEvent'),
              ],
            },
          },
        },
      },
      responses: {
        '2XX': { description: 'The receiver has it.' },
        '410': { description: 'The receiver wants no more: the webhook is disabled.' },
        default: { description: 'It is posted again later, not before `Retry-After`.' },
      },
    },
  },
} as const;
