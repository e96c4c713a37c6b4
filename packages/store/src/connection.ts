import { Redis, type RedisOptions } from 'ioredis';
import { findPrimaryOf } from './redis/find-primary.js';
import { primaryConnector } from './redis/primary-connector.js';
import { redisAccess } from './redis/redis-access.js';
import type { RedisServer } from './redis/redis-server.js';

/** `api` fails fast while Redis is away; `worker` waits for it. */
export type StoreRole = 'api' | 'worker';

/**
 * No command of the api waits longer than this for Redis, so that a caller has an answer within a second.
 * It rules out automatic pipelining: when a pipeline times out, ioredis 6.0.0 throws where nobody can catch it.
 */
const apiCommandTimeoutMs = 800;

/**
 * A connection on which an answer is waited for and nothing comes for this long is made anew: a host that is gone says
 * nothing, and TCP alone would take a quarter of an hour to find out. The engine lets Redis wait for up to ten seconds.
 */
const silenceMaxMs = { api: 5_000, worker: 15_000 } as const;

/** The options that we set, of the many that the library has. */
export interface ConnectionOptions extends RoleOptions {
  readonly protocol: 2;
  readonly connectTimeout: number;
  readonly socketTimeout: number;
  readonly reconnectOnError: (error: Error) => boolean | 2;
  readonly db: number;
  readonly tls?: object;
  readonly Connector: NonNullable<RedisOptions['Connector']>;
}

interface RoleOptions {
  readonly enableOfflineQueue: boolean;
  readonly maxRetriesPerRequest: number | null;
  readonly commandTimeout?: number;
  readonly retryStrategy: (attempt: number) => number;
}

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
 * Connection options for a role; they hold no secret. RESP2 on purpose: ioredis 6.0.0 decodes RESP3 doubles inexactly
 * near 2^53, where the engine's scores live.
 *
 * @throws RequirementsError when a file that the settings name cannot be used.
 */
export function connectionOptions(role: StoreRole, server: RedisServer): ConnectionOptions {
  const access = redisAccess(server);
  const isSingle = !server.redisSentinels && !server.redisClusterNodes;
  return {
    ...optionsOf[role],
    protocol: 2,
    connectTimeout: 5_000,
    socketTimeout: silenceMaxMs[role],
    reconnectOnError: server.redisClusterNodes ? leavesNode : leavesReplica,
    db: access.db,
    // What is in it, the connector knows.
    ...(access.hasTls ? { tls: {} } : {}),
    Connector: primaryConnector(access, findPrimaryOf(server, access), isSingle),
  };
}

/** A demoted primary is left at once. What waited there for something to come is told so in other words. */
const leavesReplica = ({ message }: Error): boolean => /^(READONLY|UNBLOCKED)\b/.test(message);

/** So is a node that our slot has left; what it refused was not done, and is asked of the other one (2). */
const leavesNode = (error: Error): boolean | 2 =>
  error.message.startsWith('MOVED')
    ? 2
    : leavesReplica(error) || error.message.startsWith('CLUSTERDOWN');

/** A connection that reports its troubles instead of throwing them about; it is not awaited here. */
export function connect(
  server: RedisServer,
  role: StoreRole,
  onProblem: (what: string, error: unknown) => void,
  changes: {
    readonly commandTimeout?: number;
    readonly autoResendUnfulfilledCommands?: boolean;
    readonly maxRetriesPerRequest?: number;
  } = {},
): Redis {
  const redis = new Redis({ ...connectionOptions(role, server), ...changes });
  redis.on('error', (error) => onProblem('redis connection', error));
  return redis;
}
