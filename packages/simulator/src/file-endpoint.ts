import { outcomeAnswer } from './answer.js';
import { refuseUnauthorized } from './authorize.js';
import { filesOf, ndjsonOf } from './export-file.js';
import type { Endpoint, Provider } from './provider.js';

/** `GET` of an output file: as many lines of NDJSON as the manifest counts. */
export function fileEndpoint(provider: Provider): Endpoint {
  return (exchange) => {
    const refusal = refuseUnauthorized(provider, exchange);
    if (refusal !== undefined) return { answer: refusal };
    const [tenant = '', exportId = '', number = ''] = exchange.captured;
    const found = provider.exports.find(tenant, exportId);
    const file = found?.deleted === false ? filesOf(found)[Number(number)] : undefined;
    if (file === undefined) {
      return { answer: outcomeAnswer(404, { code: 'not-found', text: 'There is no such file.' }) };
    }
    const headers = { 'Content-Type': 'application/fhir+ndjson' };
    return { answer: { status: 200, headers, body: ndjsonOf(file) } };
  };
}
