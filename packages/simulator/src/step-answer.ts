import type { Answer, HeaderFields } from './answer.js';
import type { SimulatedExport } from './export-book.js';
import type { CheckedStep } from './export-script.js';
import { manifestOf } from './manifest.js';

/** The answer that a step of an export's script gives. */
export function stepAnswer(found: SimulatedExport, step: CheckedStep): Answer {
  const { status, headers, body } = usualAnswer(found, step);
  return {
    status,
    ...writtenBody(step.body ?? body),
    headers: {
      ...contentType(step.body ?? body),
      ...headers,
      ...(step.progress !== undefined && { 'X-Progress': step.progress }),
      ...(step.retryAfterSeconds !== undefined && { 'Retry-After': `${step.retryAfterSeconds}` }),
      ...step.headers,
    },
    ...(step.delayMs !== undefined && { delayMs: step.delayMs }),
    ...(step.fault !== undefined && { fault: step.fault }),
  };
}

/**
 * The delay that an answer asks for by its Retry-After: whole seconds or an IMF-fixdate (RFC 9110
 * sections 10.2.3 and 5.6.7). Null for anything else, which asks for nothing that can be held to.
 */
export function askedDelayMs({ headers = {} }: Answer, now: number): number | null {
  const value = Object.entries(headers).findLast(([name]) => /^retry-after$/i.test(name))?.[1];
  if (typeof value !== 'string') return null;
  if (/^\d+$/.test(value)) return Number(value) * 1_000;
  if (/^\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT$/.test(value)) {
    return Math.max(0, Date.parse(value) - now);
  }
  return null;
}

interface UsualAnswer {
  readonly status: number;
  readonly headers?: HeaderFields;
  readonly body?: unknown;
}

function usualAnswer(found: SimulatedExport, step: CheckedStep): UsualAnswer {
  switch (step.answer) {
    case 'in-progress':
      return { status: 202 };
    case 'status':
      return { status: step.status };
    case 'complete': {
      const expiresAt = found.startedAt + found.script.expiresInSeconds * 1_000;
      const headers = { Expires: new Date(expiresAt).toUTCString() };
      return { status: 200, headers, body: manifestOf(found) };
    }
  }
}

function writtenBody(body: unknown): Pick<Answer, 'body'> {
  if (body === undefined) return {};
  if (typeof body === 'string' || body instanceof Uint8Array) return { body };
  return { body: JSON.stringify(body) };
}

function contentType(body: unknown): HeaderFields {
  if (body === undefined || body instanceof Uint8Array) return {};
  if (typeof body === 'string') return { 'Content-Type': 'text/plain; charset=utf-8' };
  const isResource = body !== null && Object.hasOwn(body, 'resourceType');
  return { 'Content-Type': isResource ? 'application/fhir+json' : 'application/json' };
}
