import { registrationLimits } from '@bulkwatch/contract';

interface HeaderRow {
  readonly description: string;
  readonly schema: object;
  readonly required?: true;
}

/** Headers that calls heed. */
export const requestHeaders = {
  'X-Request-Id': {
    description: 'Goes into the answer and the log. Anything but a plain word is replaced.',
    schema: { type: 'string' },
  },
  'Idempotency-Key': {
    description: 'The same request sent again under the same key, within a day, registers nothing.',
    schema: {
      type: 'string',
      pattern: '^[\\x21-\\x7e]+$',
      minLength: 1,
      maxLength: registrationLimits.idempotencyKey,
    },
  },
  traceparent: {
    description:
      'Where the call stands in a distributed trace (W3C Trace Context). It is kept with the job and told with its events; what is malformed is passed over.',
    schema: { type: 'string' },
  },
  tracestate: {
    description: 'Goes with traceparent, and is passed on as it is.',
    schema: { type: 'string' },
  },
  'Last-Event-ID': {
    description: 'Id of the last event that the caller has: those after it are sent.',
    schema: { type: 'string', pattern: '^\\d{1,15}(-\\d{1,15})?$' },
  },
  'If-None-Match': {
    description: 'Entity tags that the caller has seen; anything else in it is passed over.',
    schema: { type: 'string' },
  },
} as const satisfies Record<string, HeaderRow>;
export type RequestHeader = keyof typeof requestHeaders;

/** Headers of answers. */
export const answerHeaders = {
  'X-Request-Id': {
    description: 'Id of the request, under which the log has it.',
    schema: { type: 'string' },
    required: true,
  },
  ETag: {
    description: 'Of the job as it is shown, or of its manifest.',
    schema: { type: 'string', pattern: '^W/"\\d+(-[\\w-]+)?"$' },
    required: true,
  },
  Location: {
    description: 'Path of the job, or of the webhook endpoint.',
    schema: { type: 'string', format: 'uri-reference' },
    required: true,
  },
  'Bulkwatch-Expired-At': {
    description:
      'When the files that the manifest names expired (ISO 8601), once they have; they can be loaded no more.',
    schema: { type: 'string', format: 'date-time' },
  },
  Link: { description: 'The next page, where there is one.', schema: { type: 'string' } },
  'Retry-After': {
    description: 'Seconds to wait.',
    schema: { type: 'string', pattern: '^[1-9]\\d*$' },
    required: true,
  },
  'WWW-Authenticate': {
    description: 'What is asked for, as RFC 6750 has it.',
    schema: { type: 'string', pattern: '^Bearer ' },
    required: true,
  },
  RateLimit: {
    description: 'What is left of the quota, where callers are told apart.',
    schema: { type: 'string' },
  },
  'RateLimit-Policy': {
    description: 'The quota, where callers are told apart.',
    schema: { type: 'string' },
  },
  Allow: {
    description: 'The methods that the path takes.',
    schema: { type: 'string' },
    required: true,
  },
} as const satisfies Record<string, HeaderRow>;
export type AnswerHeader = keyof typeof answerHeaders;

/** References to rows of the table, as the `headers` of an answer. */
export function headerRefs(names: readonly AnswerHeader[]): object {
  return Object.fromEntries(
    names.map((name) => [name, { $ref: `#/components/headers/${name}` }] as const),
  );
}
