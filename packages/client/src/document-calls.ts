import { readAnswer } from './read-answer.js';
import type { CallOptions, Send } from './send.js';

/** The calls about the api itself, which need no key. */
export interface DocumentCalls {
  /** Version of the api, as its OpenAPI document says; within one, answers only gain members. */
  getApiVersion(options?: CallOptions): Promise<string>;
}

export function createDocumentCalls(send: Send): DocumentCalls {
  return {
    async getApiVersion(options) {
      const answer = await send({ method: 'GET', path: '/openapi.json' }, options);
      const { info } = readAnswer<{ info: { version?: unknown } }>(answer, 'info');
      return String(info.version);
    },
  };
}
