import type { Scope } from '@bulkwatch/contract';
import type { RequestHandler } from 'express';
import type { z } from 'zod';
import type { Context } from './context.js';
import type { AnswerHeader, RequestHeader } from './open-api/headers.js';
import type { SchemaName } from './open-api/schemas.js';
import type { ApiReason } from './problem.js';

/** Parameters of the path: the id of a job, that of a webhook endpoint, or the origin of a provider. */
export type RouteHandler = RequestHandler<{ id: string; endpoint: string; origin: string }>;

/** A body, of a request or of an answer. */
export interface RouteBody {
  readonly schema: SchemaName;
  /** One such value on each line, instead of one value. */
  readonly lines?: true;
  /** Sent as an event stream (`text/event-stream`): one such value in each message. */
  readonly messages?: true;
  /** What it says as plain text, where it may be that instead. */
  readonly text?: string;
  /** It may be left out. */
  readonly optional?: true;
}

/** One way in which a call succeeds. */
export interface RouteAnswer {
  readonly says: string;
  /** Absent where the answer has no body. */
  readonly body?: RouteBody;
  readonly headers?: readonly AnswerHeader[];
}

/** One call of the API: what serves it, and what its page in the OpenAPI document says. */
export interface Route {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  readonly path: `/v1/${string}`;
  /** What the caller must be allowed to do. */
  readonly scope: Scope;
  /** Name of the operation, for the clients that are generated from the document. */
  readonly name: string;
  readonly summary: string;
  /** Parameters that it takes in the query; absent where it takes none. */
  readonly query?: z.ZodObject;
  /** Headers that it heeds, besides those that every call does. */
  readonly headers?: readonly RequestHeader[];
  readonly body?: RouteBody;
  /** By status. */
  readonly answers: Readonly<Record<number, RouteAnswer>>;
  /** With which it may refuse, besides those that follow from its path and its body, and those of every call. */
  readonly reasons?: readonly ApiReason[];
  readonly handlers: (context: Context) => readonly RouteHandler[];
}

/** How a call that reads may succeed without a body: Express compares If-None-Match for every one of them. */
export const notModified = {
  304: { says: 'What the caller has, as If-None-Match says, is current.' },
} as const satisfies Route['answers'];
