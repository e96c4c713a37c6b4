import type { IncomingMessage } from 'node:http';
import type { Answer } from './answer.js';
import type { AssertionJudge } from './client-assertion.js';
import type { Delivery } from './deliver.js';
import type { ExportBook } from './export-book.js';
import type { Interludes } from './interlude.js';
import type { Recorder } from './provider-record.js';
import type { TokenBook } from './token-book.js';

/** What the endpoints of one simulator share. */
export interface Provider {
  readonly client: { readonly id: string; readonly secret: string };
  readonly assertions: AssertionJudge;
  readonly tokenUrl: () => string;
  readonly exports: ExportBook;
  readonly tokens: TokenBook;
  readonly recorder: Recorder;
  readonly interludes: Interludes;
  readonly requireToken: boolean;
  /** Whether these are the endpoints under the simulator's second origin. */
  readonly isOtherOrigin: boolean;
  readonly now: () => number;
}

/** One request on its way to an answer. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly url: URL;
  /** What the route's pattern captured of the path. */
  readonly captured: readonly string[];
  /** Value of the `opc-request-id` header of the answer. */
  readonly requestId: string;
}

/** An answer, and what to do once it is delivered. */
export interface Reply {
  readonly answer: Answer;
  readonly delivered?: (delivery: Delivery) => void;
}

export type Endpoint = (exchange: Exchange) => Reply | Promise<Reply>;
