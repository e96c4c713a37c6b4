import { reasons } from '@bulkwatch/contract';
import type { ApiReason } from '../problem.js';
import type { Route } from '../route.js';
import { type AnswerHeader, answerHeaders, headerRefs } from './headers.js';
import { schemaRef } from './schemas.js';

/** Answers that many calls share, and those to what is no call: each by its name in the document. */
const shared = {
  Unauthenticated: { status: 401, named: ['authentication-missing', 'authentication-invalid'] },
  Forbidden: { status: 403, named: ['scope-missing', 'proxied-without-authentication'] },
  TooManyRequests: { status: 429, named: ['too-many-requests', 'too-many-failures'] },
  InternalError: { status: 500, named: ['internal-error'] },
  Unavailable: { status: 503, named: ['store-unavailable', 'issuer-unavailable'] },
  // What does not become a request.
  HeadersTooSlow: { status: 408, named: ['request-malformed'] },
  HeadersTooLarge: { status: 431, named: ['request-malformed'] },
  // An unknown path, and a method that a path does not take.
  RouteNotFound: { status: 404, named: ['route-not-found'] },
  MethodNotAllowed: { status: 405, named: ['method-not-allowed'] },
} as const satisfies Record<string, { status: number; named: readonly ApiReason[] }>;
type SharedName = keyof typeof shared;

const ofEveryPath: readonly SharedName[] = ['InternalError', 'HeadersTooSlow', 'HeadersTooLarge'];
const ofEveryCall: readonly SharedName[] = [
  ...ofEveryPath,
  'Unauthenticated',
  'Forbidden',
  'TooManyRequests',
  'Unavailable',
];

/** The shared answers, for the components of the document. */
export const sharedAnswers: Readonly<Record<string, object>> = Object.fromEntries(
  Object.entries(shared).map(
    ([name, { status, named }]) => [name, problemAnswer(status, named)] as const,
  ),
);

/** The problems that a page beside the API may answer with, by status. */
export const problemAnswersOfPage = (): Record<string, object> => ({
  ...answersOf(['request-malformed']),
  ...refsTo(ofEveryPath),
});

/** The problems that a call may answer with, by status. */
export const problemAnswersOf = (route: Route): Record<string, object> => ({
  ...refsTo(ofEveryCall),
  ...answersOf(withShared(['request-malformed', 'query-invalid', ...reasonsOf(route)])),
});

/** A call whose own reason has the status of a shared answer may give the shared reasons with that status, too. */
function withShared(own: readonly ApiReason[]): ApiReason[] {
  const statuses = new Set<number>(own.map((reason) => reasons[reason].status));
  const sharing = ofEveryCall.filter((name) => statuses.has(shared[name].status));
  return [...sharing.flatMap((name) => shared[name].named), ...own];
}

function reasonsOf({ path, body, reasons: own = [] }: Route): ApiReason[] {
  return [
    ...(path.includes(':id') ? (['job-not-found'] as const) : []),
    ...(path.includes(':endpoint') ? (['webhook-endpoint-not-found'] as const) : []),
    ...(path.includes(':origin') ? (['provider-not-found'] as const) : []),
    ...(body ? (['content-type-not-supported', 'body-too-large'] as const) : []),
    ...(body && !body.lines ? (['body-not-json'] as const) : []),
    ...own,
  ];
}

function refsTo(names: readonly SharedName[]): Record<string, object> {
  return Object.fromEntries(
    names.map((name) => [shared[name].status, { $ref: `#/components/responses/${name}` }] as const),
  );
}

function answersOf(all: readonly ApiReason[]): Record<string, object> {
  const statuses = [...new Set(all.map((reason) => reasons[reason].status))];
  const answers = statuses.map((status) => {
    const named = all.filter((reason) => reasons[reason].status === status);
    return [status, problemAnswer(status, named)] as const;
  });
  return Object.fromEntries(answers);
}

function problemAnswer(status: number, named: readonly ApiReason[]): object {
  const told = named.map((reason) => `- \`${reason}\`: ${reasons[reason].title}`);
  return {
    description: told.join('\n'),
    headers: {
      ...headerRefs(headersOf(status)),
      ...(named.includes('retry-after-not-over') && maybeRetryAfter),
    },
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

/** Of an answer that may have another reason, for which no waiting helps. */
const maybeRetryAfter = { 'Retry-After': { ...answerHeaders['Retry-After'], required: false } };

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
