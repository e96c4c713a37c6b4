import { reasons } from '@bulkwatch/contract';
import type { ApiReason } from '../problem.js';
import type { Route } from '../route.js';
import { type AnswerHeader, headerRefs } from './headers.js';
import { schemaRef } from './schemas.js';

/** What any call may be refused with, whatever it is. */
export const reasonsOfEveryCall: readonly ApiReason[] = [
  'request-malformed',
  'query-invalid',
  'authentication-missing',
  'authentication-invalid',
  'scope-missing',
  'too-many-requests',
  'internal-error',
  'store-unavailable',
  'issuer-unavailable',
];

/** Statuses of what does not become a request: too slow, or with headers that are too large. */
const statusesOfNoRequest = [408, 431] as const;

/** The problems that a call may answer with, by status. */
export function problemAnswers(route: Route): Record<string, object> {
  return answersOf([...reasonsOfEveryCall, ...reasonsOf(route)]);
}

/** The problems of what is no call: an unknown path, or a method that a path does not take. */
export const problemAnswersOutside = {
  RouteNotFound: problemAnswer(404, ['route-not-found']),
  MethodNotAllowed: problemAnswer(405, ['method-not-allowed']),
  HeadersTooSlow: problemAnswer(408, ['request-malformed']),
  HeadersTooLarge: problemAnswer(431, ['request-malformed']),
};

function reasonsOf({ path, body, reasons: own = [] }: Route): ApiReason[] {
  return [
    ...(path.includes(':id') ? (['job-not-found'] as const) : []),
    ...(body ? (['content-type-not-supported', 'body-too-large'] as const) : []),
    ...(body && !body.lines ? (['body-not-json'] as const) : []),
    ...own,
  ];
}

function answersOf(all: readonly ApiReason[]): Record<string, object> {
  const statuses = [...new Set(all.map((reason) => reasons[reason].status))];
  const answers = statuses.map((status) => {
    const named = all.filter((reason) => reasons[reason].status === status);
    return [String(status), problemAnswer(status, named)] as const;
  });
  const [slow, large] = statusesOfNoRequest;
  return {
    ...Object.fromEntries(answers),
    [slow]: { $ref: '#/components/responses/HeadersTooSlow' },
    [large]: { $ref: '#/components/responses/HeadersTooLarge' },
  };
}

function problemAnswer(status: number, named: readonly ApiReason[]): object {
  const told = named.map((reason) => `- \`${reason}\`: ${reasons[reason].title}`);
  return {
    description: told.join('\n'),
    headers: headerRefs(headersOf(status)),
    content: {
      'application/problem+json': {
        schema: {
          allOf: [
            schemaRef('Problem'),
            { properties: { status: { const: status }, reason: { enum: named } } },
          ],
        },
      },
    },
  };
}

function headersOf(status: number): AnswerHeader[] {
  // What is not read as a request has no id.
  if (status === 408 || status === 431) return [];
  const waits = status === 429 || status === 503;
  return [
    'X-Request-Id',
    ...(waits ? (['Retry-After'] as const) : []),
    ...(status === 401 || status === 403 ? (['WWW-Authenticate'] as const) : []),
    ...(status === 405 ? (['Allow'] as const) : []),
    ...(status === 401 ? [] : (['RateLimit', 'RateLimit-Policy'] as const)),
  ];
}
