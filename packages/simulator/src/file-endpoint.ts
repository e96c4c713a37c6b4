import { outcomeAnswer } from './answer.js';
import { refuseUnauthorized } from './authorize.js';
import { filesOf } from './manifest.js';
import { operationOutcome } from './operation-outcome.js';
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
    const lines = Array.from({ length: file.count }, (_, line) => `${resource(file.type, line)}\n`);
    const headers = { 'Content-Type': 'application/fhir+ndjson' };
    return { answer: { status: 200, headers, body: lines.join('') } };
  };
}

const resource = (type: string, line: number): string =>
  JSON.stringify(
    type === 'OperationOutcome'
      ? operationOutcome({ code: 'not-found', text: `Resource ${line + 1} could not be exported.` })
      : { resourceType: type, id: `${type.toLowerCase()}-${line + 1}` },
  );
