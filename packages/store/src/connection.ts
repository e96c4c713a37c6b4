import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { RequirementsError } from './requirements-error.js';

/** `api` fails fast while Redis is away; `worker` waits for it. */
export type StoreRole = 'api' | 'worker';

/**
 * No command of the api waits longer than this for Redis, so that a caller has an answer within a second.
 * It rules out automatic pipelining: when a pipeline times out, ioredis 6.0.0 throws where nobody can catch it.
 */
const apiCommandTimeoutMs = 800;

/** Which Redis, and who vouches for it where the URL is `rediss:`. */
export interface RedisServer {
  readonly url: string;
  /** File of certificates (PEM), in place of those that Node knows. */
  readonly caFile?: string | undefined;
}

/** The options that we set, of the many that the library has. */
export interface ConnectionOptions {
  readonly enableOfflineQueue: boolean;
  readonly maxRetriesPerRequest: number | null;
  readonly commandTimeout?: number;
  readonly retryStrategy: (attempt: number) => number;
  readonly protocol: 2;
  readonly connectTimeout: number;
  readonly reconnectOnError: (error: Error) => boolean;
  readonly tls?: { readonly ca: Buffer };
}

type RoleOptions = Omit<
  ConnectionOptions,
  'protocol' | 'connectTimeout' | 'reconnectOnError' | 'tls'
>;

const optionsOf: Record<StoreRole, RoleOptions> = {
  api: {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: apiCommandTimeoutMs,
    retryStrategy: (attempt) => Math.min(50 * attempt, 500),
  },
  worker: {
    enableOfflineQueue: true,
    maxRetriesPerRequest: null,
    retryStrategy: (attempt) => Math.min(50 * attempt, 1000),
  },
};

/**
 * Connection options for a role. RESP2 on purpose: ioredis 6.0.0 decodes RESP3 doubles inexactly near 2^53,
 * where the engine's scores live. A demoted primary is left at once (READONLY).
 *
 * @throws RequirementsError when the file of the authority cannot be read.
 */
export function connectionOptions(role: StoreRole, caFile?: string): ConnectionOptions {
  return {
    ...optionsOf[role],
    protocol: 2,
    connectTimeout: 5_000,
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    ...(caFile === undefined ? {} : { tls: { ca: readAuthority(caFile) } }),
  };
}

/** Read while starting and not again: a connection that is made anew must not find half a file. */
function readAuthority(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new RequirementsError([`Its authority's certificates ${file} cannot be read (${code}).`]);
  }
}

/** A connection that reports its troubles instead of throwing them about; it is not awaited here. */
export function connect(
  { url, caFile }: RedisServer,
  role: StoreRole,
  onProblem: (what: string, error: unknown) => void,
): Redis {
  const redis = new Redis(url, connectionOptions(role, caFile));
  redis.on('error', (error) => onProblem('redis connection', error));
  return redis;
}
