import { headerRefs } from './headers.js';
import { problemAnswersOfPage } from './problem-answers.js';

/** What the document says of itself and of the pages beside it; none needs a key. */
export const pagePaths = {
  '/openapi.json': page('getOpenApi', 'This document', 'application/json', { type: 'object' }),
  '/asyncapi.json': page('getAsyncApi', 'The AsyncAPI document of the events', 'application/json', {
    type: 'object',
  }),
  '/docs': page('getDocs', 'This document, to be read and tried out', 'text/html', {
    type: 'string',
  }),
};

function page(
  operationId: string,
  summary: string,
  mediaType: string,
  schema: object,
): { get: object } {
  const headers = headerRefs(['X-Request-Id']);
  return {
    get: {
      operationId,
      summary,
      security: [],
      responses: {
        '200': { description: summary, headers, content: { [mediaType]: { schema } } },
        '304': { description: 'The caller has it.', headers },
        ...problemAnswersOfPage(),
      },
    },
  };
}
