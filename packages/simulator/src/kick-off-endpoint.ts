import { outcomeAnswer } from './answer.js';
import { refuseUnauthorized } from './authorize.js';
import type { ExportScript } from './export-script.js';
import type { Endpoint, Provider } from './provider.js';

/** `GET|POST /r4/{tenant}/Group/{group}/$export`: begins an export and tells its status URL. */
export function kickOffEndpoint(provider: Provider, script: ExportScript): Endpoint {
  return (exchange) => {
    const refusal = refuseUnauthorized(provider, exchange);
    if (refusal !== undefined) return { answer: refusal };
    if (!/respond-async/i.test(String(exchange.request.headers.prefer))) {
      const text = 'A kick-off request must have the header Prefer: respond-async.';
      return { answer: outcomeAnswer(400, { code: 'required', text }) };
    }
    const [tenant = '', group = ''] = exchange.captured;
    const output = requestedTypes(exchange.url);
    const { id: _, ...rest } = script;
    const { statusUrl } = provider.exports.create({
      ...rest,
      tenant,
      group,
      ...(output.length > 0 && { output }),
    });
    return { answer: { status: 202, headers: { 'Content-Location': statusUrl } } };
  };
}

/** `_type` of the query, in every form that the specification allows: repeated, and comma-separated. */
const requestedTypes = (url: URL) =>
  url.searchParams
    .getAll('_type')
    .flatMap((types) => types.split(','))
    .filter((type) => /^[A-Za-z]{1,64}$/.test(type))
    .map((type) => ({ type }));
