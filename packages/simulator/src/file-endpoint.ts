import { outcomeAnswer } from './answer.js';
import { refuseUnauthorized } from './authorize.js';
import { filesOf, ndjsonOf, scriptOfFile } from './export-file.js';
import { fileAnswer, steppedAnswer } from './file-answer.js';
import type { Endpoint, Provider } from './provider.js';

/** `GET` of an output file: as many lines of NDJSON as the manifest counts, in parts too, with what its script has go wrong. */
export function fileEndpoint(provider: Provider): Endpoint {
  return (exchange) => {
    const refusal = refuseUnauthorized(provider, exchange);
    if (refusal !== undefined) return { answer: refusal };
    const [tenant = '', exportId = '', numberText = ''] = exchange.captured;
    const number = Number(numberText);
    const found = provider.exports.find(tenant, exportId);
    const file = found?.deleted === false ? filesOf(found)[number] : undefined;
    if (found === undefined || file === undefined) {
      return { answer: outcomeAnswer(404, { code: 'not-found', text: 'There is no such file.' }) };
    }
    const body = Buffer.from(ndjsonOf(file, scriptOfFile(found, number)?.lines));
    const modifiedAt = found.startedAt - 60_000;
    const answer = fileAnswer({ body, modifiedAt }, exchange.request.headers);
    const step = provider.exports.takeFileStep(found.id, number);
    return { answer: step ? steppedAnswer(answer, step) : answer };
  };
}
