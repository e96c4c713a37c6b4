import { type Answer, jsonAnswer, outcomeAnswer } from './answer.js';
import { askedDelayMs } from './asked-delay.js';
import { refuseUnauthorized } from './authorize.js';
import type { Series, SimulatedExport } from './export-book.js';
import { interrupted } from './interlude.js';
import type { Endpoint, Exchange, Provider } from './provider.js';
import { refuseIllMannered } from './refuse-ill-mannered.js';
import { stepAnswer } from './step-answer.js';

/** `GET /r4/{tenant}/bulk-export/jobs/{id}`: what the export's script says for this poll. */
export function pollEndpoint(provider: Provider): Endpoint {
  return recorded(provider, (found, exchange) => {
    if (!found.deleted) return poll(provider, { found, exchange, series: 'steps' });
    return poll(provider, { found, exchange, series: 'afterDeleteSteps' }) ?? gone;
  });
}

/** `GET` of one of its pages. */
export function pageEndpoint(provider: Provider): Endpoint {
  return recorded(provider, (found, exchange) => {
    if (found.deleted) return gone;
    const [, , page = ''] = exchange.captured;
    return poll(provider, { found, exchange, series: { page } });
  });
}

/** `DELETE` of the same: `202`, and from then on there is no such export, unless the script has it otherwise. */
export function deleteEndpoint(provider: Provider): Endpoint {
  return recorded(provider, (found) => {
    const step = provider.exports.take(found.id, 'deleteSteps');
    if (step === undefined && found.deleted) return gone;
    const answer = step === undefined ? { status: 202 } : stepAnswer(found, step, provider.now());
    if (answer.status < 300) provider.exports.remove(found.id);
    return answer;
  });
}

/**
 * `PATCH` of the status URL and `POST` of `{statusUrl}:cancel`, by which other protocols cancel: `200`. Polls
 * go on as before, or as the script says for after a delete request.
 */
export function cancelEndpoint(provider: Provider): Endpoint {
  return recorded(provider, (found) => {
    if (found.script.afterDeleteSteps !== undefined) provider.exports.remove(found.id);
    return jsonAnswer(200, {});
  });
}

interface Poll {
  readonly found: SimulatedExport;
  readonly exchange: Exchange;
  readonly series: Series;
}

function poll(provider: Provider, { found, exchange, series }: Poll): Answer | undefined {
  const refusal = refuseIllMannered(found, exchange, provider.now());
  if (refusal !== undefined) return refusal;
  const step = provider.exports.take(found.id, series);
  return step && stepAnswer(found, step, provider.now());
}

const unknown = outcomeAnswer(404, { code: 'not-found', text: 'There is no such export.' });
const gone = outcomeAnswer(404, { code: 'deleted', text: 'The export was deleted.' });

/** Finds the export of an authorized request, and records every request with what came of it. */
function recorded(
  provider: Provider,
  answerFor: (found: SimulatedExport, exchange: Exchange) => Answer | undefined,
): Endpoint {
  return (exchange) => {
    const { request, requestId, url } = exchange;
    const [tenant = '', exportId = '', page] = exchange.captured;
    const found = provider.exports.find(tenant, exportId);
    const refusal = refuseUnauthorized(provider, exchange, found?.script.unauthorized);
    const close = provider.recorder.begin({
      exportId,
      page: page ?? null,
      method: request.method ?? '',
      path: `${url.pathname}${url.search}`,
      isOtherOrigin: provider.isOtherOrigin,
      requestId,
      accept: request.headers.accept ?? null,
      hasAuthorization: request.headers.authorization !== undefined,
      hasForeignToken: provider.tokens.isForeign(request.headers.authorization),
      authorized: refusal === undefined,
    });
    const play = () => (found && answerFor(found, exchange)) ?? unknown;
    const answer = refusal ?? interrupted(provider.interludes.status, play);
    return {
      answer,
      delivered: (delivery) =>
        close({ ...delivery, retryAfterMs: askedDelayMs(answer, provider.now()) }),
    };
  };
}
