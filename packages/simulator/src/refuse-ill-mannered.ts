import { type Answer, outcomeAnswer } from './answer.js';
import type { SimulatedExport } from './export-book.js';
import type { Exchange } from './provider.js';

/**
 * The refusal of a poll that asks for the wrong thing, or too often, or undefined when it may pass. It takes no
 * step of the script.
 *
 * @param now epoch ms
 */
export function refuseIllMannered(
  found: SimulatedExport,
  { request }: Exchange,
  now: number,
): Answer | undefined {
  return (
    refuseMediaType(found, request.headers.accept) ??
    refuseHeaders(found, request.headers) ??
    refuseHaste(found, now) ??
    refuseOverLimit(found, now)
  );
}

function refuseMediaType({ script }: SimulatedExport, accept = '*/*'): Answer | undefined {
  const isTaken = script.accept === undefined ? takesJson(accept) : script.accept.includes(accept);
  return isTaken ? undefined : { status: 406 };
}

/** Oracle answers 406 to a client that takes no kind of JSON. */
const takesJson = (accept: string) =>
  /(^|[\s,])(\*\/\*|application\/(\*|([\w.-]+\+)?json))/i.test(accept);

function refuseHeaders(
  { script }: SimulatedExport,
  headers: Exchange['request']['headers'],
): Answer | undefined {
  const lacking = Object.entries(script.requireHeaders ?? {}).find(
    ([name, part]) =>
      !String(headers[name.toLowerCase()] ?? '')
        .toLowerCase()
        .includes(part.toLowerCase()),
  );
  if (lacking === undefined) return undefined;
  const text = `This request must have the header ${lacking.join(': ')}.`;
  return outcomeAnswer(400, { code: 'required', text });
}

/** As AB2D does: 429 to a poll that comes too soon after the last one that was let in. */
function refuseHaste({ script, polledAt }: SimulatedExport, now: number): Answer | undefined {
  const { minIntervalSeconds } = script;
  const last = polledAt.at(-1);
  if (minIntervalSeconds === undefined || last === undefined) return undefined;
  if (now - last >= minIntervalSeconds * 1_000) return undefined;
  return { status: 429, headers: { 'Retry-After': String(Math.ceil(minIntervalSeconds)) } };
}

/** As the SMART reference server does: so many polls in a time; the end of the pause is in epoch seconds. */
function refuseOverLimit({ script, polledAt }: SimulatedExport, now: number): Answer | undefined {
  const { rateLimit } = script;
  const first = polledAt.at(-(rateLimit?.polls ?? 1));
  if (rateLimit === undefined || first === undefined || polledAt.length < rateLimit.polls) {
    return undefined;
  }
  if (now - first >= rateLimit.seconds * 1_000) return undefined;
  const pauseEndsAt = Math.ceil(first / 1_000) + rateLimit.seconds;
  const headers = { 'Retry-After': String(pauseEndsAt), 'Content-Type': 'text/plain' };
  return { status: 429, headers, body: 'Too many requests. Please wait.' };
}
