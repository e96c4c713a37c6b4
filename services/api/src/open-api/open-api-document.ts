import { scopeNames, scopes } from '@bulkwatch/contract';
import type { Route, RouteAnswer, RouteBody } from '../route.js';
import { answerHeaders, headerRefs, type RequestHeader, requestHeaders } from './headers.js';
import { pagePaths } from './page-paths.js';
import { postedEvents } from './posted-events.js';
import { problemAnswersOf, sharedAnswers } from './problem-answers.js';
import { componentSchemas, queryParameters, schemaRef } from './schemas.js';

/** A document of OpenAPI 3.1, as far as this house looks into it. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: object;
  readonly servers: readonly object[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
  /** What we send to others. */
  readonly webhooks: typeof postedEvents;
  readonly components: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

const description = [
  'Tracks long-running exports, so that nobody else has to poll.',
  'Errors are RFC 9457 problem details with a `reason`. HEAD is answered as GET, without the body. Unknown paths are',
  'answered with `404` (`route-not-found`), other methods of known paths with `405` (`method-not-allowed`). Members',
  'may be added to answers in later versions.',
].join('\n');

/** The OpenAPI document of these calls and of the pages beside them. */
export function openApiDocument(routes: readonly Route[]): OpenApiDocument {
  return {
    openapi: '3.1.0',
    info: { title: 'Bulkwatch', version: '1', description },
    servers: [{ url: '/' }],
    paths: { ...pathsOf(routes), ...pagePaths },
    webhooks: postedEvents,
    components: {
      schemas: componentSchemas(),
      headers: answerHeaders,
      responses: sharedAnswers,
      securitySchemes: { bearer },
    },
  };
}

const bearer = {
  type: 'http',
  scheme: 'bearer',
  description: [
    'An API key, or a token (JWT) of the issuer that is configured. Scopes:',
    ...scopeNames.map((name) => `- \`${name}\`: ${scopes[name]}`),
  ].join('\n'),
};

function pathsOf(routes: readonly Route[]): Record<string, Record<string, object>> {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operation(route) };
  }
  return paths;
}

function operation(route: Route): object {
  const { name, summary, scope, body, answers } = route;
  const successes = Object.entries(answers).map(
    ([status, answer]) => [status, success(answer)] as const,
  );
  return {
    operationId: name,
    summary,
    security: [{ bearer: [scope] }],
    parameters: parameters(route),
    ...(body ? { requestBody: { required: !body.optional, content: content(body) } } : {}),
    responses: { ...Object.fromEntries(successes), ...problemAnswersOf(route) },
  };
}

function parameters({ path, query, headers = [] }: Route): object[] {
  const ofPath = Array.from(path.matchAll(/:(\w+)/g), ([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  return [
    ...ofPath,
    ...(query ? queryParameters(query) : []),
    ...[...headers, 'X-Request-Id' as const].map(headerParameter),
  ];
}

const headerParameter = (name: RequestHeader): object => ({
  name,
  in: 'header',
  ...requestHeaders[name],
});

function success({ says, body, headers = [] }: RouteAnswer): object {
  return {
    description: says,
    headers: headerRefs(['X-Request-Id', ...headers, 'RateLimit', 'RateLimit-Policy']),
    ...(body ? { content: content(body) } : {}),
  };
}

const messageStream = (schema: RouteBody['schema']): object => ({
  type: 'string',
  description: [
    `Server-Sent Events. The data of a message is one ${schema}; that of the message \`reset\` is a Reset,`,
    'and where that type is asked for, that of `bulkwatch.webhook.disabled` is a WebhookDisabledEvent.',
  ].join(' '),
  'x-message-schema': {
    anyOf: [schemaRef(schema), schemaRef('WebhookDisabledEvent'), schemaRef('Reset')],
  },
});

/** OpenAPI 3.1 has no word for a sequence of values, so `x-line-schema` tells what a line is. */
function content({ schema, lines, messages, text }: RouteBody): object {
  if (messages) return { 'text/event-stream': { schema: messageStream(schema) } };
  if (!lines) return { 'application/json': { schema: schemaRef(schema) } };
  const what = `One ${schema} on each line.`;
  return {
    'application/x-ndjson': {
      schema: { type: 'string', description: what, 'x-line-schema': schemaRef(schema) },
    },
    ...(text === undefined
      ? {}
      : { 'text/plain': { schema: { type: 'string', description: text } } }),
  };
}
