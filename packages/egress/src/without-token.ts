import type { Secret } from '@bulkwatch/runtime';
import type { Answer, ExchangeOutcome } from './exchange.js';

const hidden = '[secret]';

/** A shorter text is no secret to speak of, and taking it out would spoil answers that hold it by chance. */
const tokenLengthMin = 16;

/**
 * An answer with the token that it was asked for with taken out, wherever the provider repeats it: what it says
 * goes on into records, events and logs. Every other byte stays as it is.
 */
export function withoutToken(outcome: ExchangeOutcome, token: Secret): ExchangeOutcome {
  const spellings = spellingsOf(token.reveal());
  if (outcome.kind === 'answered')
    return { ...outcome, answer: cleaned(outcome.answer, spellings) };
  const { head } = outcome.failure;
  if (!head) return outcome;
  const cleanHead = { ...head, headers: cleanHeaders(head.headers, spellings) };
  return { ...outcome, failure: { ...outcome.failure, head: cleanHead } };
}

/** As it was sent, as some servers write it in JSON, and as it looks in a URL. */
function spellingsOf(token: string): readonly string[] {
  if (token.length < tokenLengthMin) return [];
  return [...new Set([token, token.replaceAll('/', '\\/'), encodeURIComponent(token)])];
}

const cleaned = (answer: Answer, spellings: readonly string[]): Answer => ({
  ...answer,
  headers: cleanHeaders(answer.headers, spellings),
  body: cleanBody(answer.body, spellings),
});

function cleanHeaders(headers: Answer['headers'], spellings: readonly string[]): Answer['headers'] {
  const clean = (value: string): string => without(value, spellings);
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? clean(value) : value?.map(clean),
    ]),
  );
}

/** The body itself, as large as a manifest may be, unless there is something to take out of it. */
function cleanBody(body: Uint8Array, spellings: readonly string[]): Uint8Array {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (!spellings.some((spelling) => bytes.includes(spelling))) return body;
  // Latin-1 keeps every byte, whatever the body is written in.
  return new Uint8Array(Buffer.from(without(bytes.toString('latin1'), spellings), 'latin1'));
}

const without = (text: string, spellings: readonly string[]): string =>
  spellings.reduce((left, spelling) => left.replaceAll(spelling, hidden), text);
