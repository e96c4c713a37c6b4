import type { IncomingHttpHeaders } from 'node:http';
import { MIMEType } from 'node:util';
import express, { type RequestHandler } from 'express';
import { sendProblem } from './problem.js';

const jsonTypes = /^application\/(json|[a-z0-9.!#$&^_-]+\+json)$/;
const lineTypes = /^(application\/(x-ndjson|jsonl)|text\/plain)$/;

/**
 * Reads a JSON body of at most `maxBytes` into `request.body`, in UTF-8 and not compressed. Compressed bodies
 * are refused rather than inflated: a limit on what arrives would say nothing about what it becomes.
 */
export function jsonBody(maxBytes: number): RequestHandler[] {
  const parse: RequestHandler = (request, response, next) => {
    const value = request.body instanceof Buffer ? readJson(request.body) : undefined;
    if (value === undefined) return sendProblem(response, 'body-not-json');
    request.body = value;
    next();
  };
  return [
    takeOnly(jsonTypes, 'application/json'),
    // Else a body that says itself that it is too large is read to its end before it is refused.
    announcingAtMost(maxBytes),
    express.raw({ type: () => true, limit: maxBytes, inflate: false }),
    parse,
  ];
}

/** As `jsonBody`; a request may also have none. */
export function optionalJsonBody(maxBytes: number): RequestHandler[] {
  return jsonBody(maxBytes).map(
    (handler): RequestHandler =>
      (request, response, next) =>
        hasBody(request.headers) ? handler(request, response, next) : next(),
  );
}

const hasBody = (headers: IncomingHttpHeaders): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** Lets pass only a stream of lines, of JSON or of text, that does not announce more than `maxBytes`; the body stays unread. */
export function linesBody(maxBytes: number): RequestHandler[] {
  return [takeOnly(lineTypes, 'application/x-ndjson, or text/plain'), announcingAtMost(maxBytes)];
}

function announcingAtMost(maxBytes: number): RequestHandler {
  return (request, response, next) => {
    const announced = Number(request.get('content-length') ?? 0);
    if (announced > maxBytes) return sendProblem(response, 'body-too-large');
    next();
  };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The value of a JSON text; undefined for what is not UTF-8 (RFC 8259 section 8.1) or not JSON. */
export function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    return undefined;
  }
}

function takeOnly(types: RegExp, example: string): RequestHandler {
  return (request, response, next) => {
    const fault = faultOfContent(request.headers, types, example);
    if (fault) return sendProblem(response, 'content-type-not-supported', { detail: fault });
    next();
  };
}

function faultOfContent(
  headers: Readonly<Record<string, unknown>>,
  types: RegExp,
  example: string,
): string | undefined {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') return 'Compressed bodies are not taken.';
  const type = parseContentType(headers['content-type']);
  if (!type || !types.test(type.essence)) return `Send the body as ${example}.`;
  const charset = type.params.get('charset') ?? 'utf-8';
  return charset.toLowerCase() === 'utf-8' ? undefined : 'Send the body in UTF-8.';
}

function parseContentType(header: unknown): MIMEType | undefined {
  try {
    return typeof header === 'string' ? new MIMEType(header) : undefined;
  } catch {
    return undefined;
  }
}
