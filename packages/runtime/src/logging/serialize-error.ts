import { stackFrames } from './stack-frames.js';

/** What a log line says of an error. */
export interface SerializedError {
  readonly name: string;
  readonly message: string;
  readonly code?: string | number;
  readonly reason?: string;
  readonly stack?: string;
  readonly cause?: SerializedError;
}

/** How deep causes are followed; errors may form a ring. */
const causeDepth = 3;

/**
 * Keeps of an error only what is known to be harmless. Client libraries hang whole commands, requests and
 * inputs on their errors, so everything that is not named here is left out.
 */
export function serializeError(error: unknown, depth = causeDepth): SerializedError {
  if (!(error instanceof Error)) return { name: 'NonError', message: `thrown: ${typeof error}` };
  const { code, reason, cause } = error as { code?: unknown; reason?: unknown; cause?: unknown };
  return {
    name: error.name,
    message: error.message,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(typeof reason === 'string' ? { reason } : {}),
    ...(error.stack ? { stack: stackFrames(error).join('\n') } : {}),
    ...(cause instanceof Error && depth > 1 ? { cause: serializeError(cause, depth - 1) } : {}),
  };
}
