import { type Answer, outcomeAnswer } from './answer.js';
import { refuseUnauthorized } from './authorize.js';
import type { SimulatedExport } from './export-book.js';
import type { Endpoint, Exchange, Provider } from './provider.js';
import { askedDelayMs, stepAnswer } from './step-answer.js';

/** `GET /r4/{tenant}/bulk-export/jobs/{id}`: what the export's script says for this poll. */
export function pollEndpoint(provider: Provider): Endpoint {
  return recorded(provider, (found, { request }) => {
    if (!acceptsJson(request.headers.accept)) return { status: 406 };
    return stepAnswer(found, provider.exports.poll(found.id));
  });
}

/** `DELETE` of the same: `202`, and from then on there is no such export. */
export function deleteEndpoint(provider: Provider): Endpoint {
  return recorded(provider, (found) => {
    provider.exports.remove(found.id);
    return { status: 202 };
  });
}

/** Finds the export of an authorized request, and records every request with what came of it. */
function recorded(
  provider: Provider,
  answerFor: (found: SimulatedExport, exchange: Exchange) => Answer,
): Endpoint {
  return (exchange) => {
    const { request, requestId } = exchange;
    const [tenant = '', exportId = ''] = exchange.captured;
    const refusal = refuseUnauthorized(provider, exchange);
    const close = provider.recorder.begin({
      exportId,
      method: request.method ?? '',
      requestId,
      authorized: refusal === undefined,
    });
    const found = provider.exports.find(tenant, exportId);
    const answer = refusal ?? known(found, (one) => answerFor(one, exchange));
    return {
      answer,
      delivered: (delivery) =>
        close({ ...delivery, retryAfterMs: askedDelayMs(answer, provider.now()) }),
    };
  };
}

function known(
  found: SimulatedExport | undefined,
  answerFor: (found: SimulatedExport) => Answer,
): Answer {
  if (found === undefined) {
    return outcomeAnswer(404, { code: 'not-found', text: 'There is no such export.' });
  }
  if (found.deleted) {
    return outcomeAnswer(404, { code: 'deleted', text: 'The export was deleted.' });
  }
  return answerFor(found);
}

/** Oracle answers 406 to a client that takes no kind of JSON. */
const acceptsJson = (accept = '*/*') =>
  /(^|[\s,])(\*\/\*|application\/(\*|([\w.-]+\+)?json))/i.test(accept);
