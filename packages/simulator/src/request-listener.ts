import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { outcomeAnswer } from './answer.js';
import { deliver } from './deliver.js';
import type { Reply } from './provider.js';
import { match, type routesOf } from './routes.js';

type Routes = ReturnType<typeof routesOf>;

/**
 * Answers every request, whatever it is, and gives each an `opc-request-id` as Oracle does and the Date of the
 * simulator's clock.
 */
export function requestListener(routes: Routes, now: () => number): RequestListener {
  return (request, response) => {
    response.setHeader('Date', new Date(now()).toUTCString());
    void serve(routes, request, response);
  };
}

async function serve(
  routes: Routes,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = randomUUID();
  response.setHeader('opc-request-id', requestId);
  const { answer, delivered } = await reply(routes, request, requestId);
  const delivery = await deliver(response, answer);
  delivered?.(delivery);
}

async function reply(routes: Routes, request: IncomingMessage, requestId: string): Promise<Reply> {
  const url = urlOf(request);
  if (url === undefined) {
    return {
      answer: outcomeAnswer(400, { code: 'invalid', text: 'The request target is no URL.' }),
    };
  }
  const { endpoint, captured } = match(routes, request.method ?? '', url.pathname);
  try {
    return await endpoint({ request, url, captured, requestId });
  } catch (error) {
    return { answer: outcomeAnswer(500, { code: 'exception', text: String(error) }) };
  }
}

function urlOf({ url = '' }: IncomingMessage): URL | undefined {
  return URL.canParse(`http://simulator${url}`) ? new URL(`http://simulator${url}`) : undefined;
}
