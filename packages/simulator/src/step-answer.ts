import type { Answer, HeaderFields } from './answer.js';
import type { SimulatedExport } from './export-book.js';
import type { CheckedStep } from './export-step.js';
import { manifestOf } from './manifest.js';
import { expandPlaceholders } from './placeholders.js';

/** The answer that a step of an export's script gives at an instant (epoch ms), placeholders filled in. */
export function stepAnswer(found: SimulatedExport, step: CheckedStep, now: number): Answer {
  const expand = (text: string) => expandPlaceholders(text, { found, now });
  const { status, headers, body: usualBody } = usualAnswer(found, step);
  const body = step.body ?? usualBody;
  return {
    status,
    ...writtenBody(body, expand),
    headers: expandedHeaders(
      {
        ...contentType(body),
        ...headers,
        ...(step.progress !== undefined && { 'X-Progress': step.progress }),
        ...(step.retryAfterSeconds !== undefined && { 'Retry-After': `${step.retryAfterSeconds}` }),
        ...step.headers,
      },
      expand,
    ),
    ...(step.delayMs !== undefined && { delayMs: step.delayMs }),
    ...(step.fault !== undefined && { fault: step.fault }),
    ...(step.lastsMs !== undefined && { lastsMs: step.lastsMs }),
  };
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
    case 'partial':
      return { status: 202, body: manifestOf(found, step) };
    case 'status':
      return { status: step.status };
    case 'redirect':
      return { status: step.status, headers: { Location: step.to } };
    case 'complete': {
      const expiresAt = found.startedAt + found.script.expiresInSeconds * 1_000;
      const headers = { Expires: new Date(expiresAt).toUTCString() };
      return { status: 200, headers, body: manifestOf(found, step) };
    }
  }
}

type Expand = (text: string) => string;

function writtenBody(body: unknown, expand: Expand): Pick<Answer, 'body'> {
  if (body === undefined) return {};
  if (body instanceof Uint8Array) return { body };
  return { body: expand(typeof body === 'string' ? body : JSON.stringify(body)) };
}

function expandedHeaders(headers: HeaderFields, expand: Expand): HeaderFields {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      if (value === null) return [name, value];
      return [name, typeof value === 'string' ? expand(value) : value.map(expand)];
    }),
  );
}

function contentType(body: unknown): HeaderFields {
  if (body === undefined || body instanceof Uint8Array) return {};
  if (typeof body === 'string') return { 'Content-Type': 'text/plain; charset=utf-8' };
  const isResource = body !== null && Object.hasOwn(body, 'resourceType');
  return { 'Content-Type': isResource ? 'application/fhir+json' : 'application/json' };
}
