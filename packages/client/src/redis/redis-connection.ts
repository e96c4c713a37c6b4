import { connectToNode } from './cluster-node.js';

/** What is needed of a connection of ioredis (`Redis`), which is given to us rather than imported. */
export interface RedisConnection {
  call(command: string, ...args: (string | number)[]): Promise<unknown>;
  duplicate(options: OwnOptions): RedisConnection;
  disconnect(): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** The same of a connection to a Redis Cluster (`Cluster`). */
export interface RedisCluster extends Pick<RedisConnection, 'call'> {
  readonly isCluster: boolean;
  nodes(): RedisConnection[];
}

const isCluster = (redis: RedisConnection | RedisCluster): redis is RedisCluster =>
  'isCluster' in redis && redis.isCluster;

/** What our own connections have otherwise than the one that they are made after. */
export interface OwnOptions {
  readonly retryStrategy: () => null;
  readonly maxRetriesPerRequest: null;
  readonly reconnectOnError: () => false;
  readonly enableOfflineQueue: true;
  readonly enableAutoPipelining: false;
  readonly lazyConnect: false;
  readonly protocol: 2;
  readonly keyPrefix: '';
  /** Where the node is not the one that the connection is made after. */
  readonly host?: string;
  readonly port?: number;
}

/**
 * A connection that is lost stays lost: a session that begins anew looks first at what it may have been given without
 * knowing. ioredis would connect and send again by itself, and nobody would look.
 */
const ownOptions: OwnOptions = {
  retryStrategy: () => null,
  maxRetriesPerRequest: null,
  reconnectOnError: () => false,
  enableOfflineQueue: true,
  enableAutoPipelining: false,
  lazyConnect: false,
  protocol: 2,
  keyPrefix: '',
};

/** Connections of one go: when one is lost, both are. */
export interface Session {
  /** Sends a command. Rejects when it is refused, and when the connection is lost. */
  readonly command: RedisConnection['call'];
  /** Sends a command that Redis may hold for so long, on a connection of its own. */
  hold(holdMs: number, ...command: Parameters<RedisConnection['call']>): Promise<unknown>;
  /** Ends it; whatever is under way rejects. Where there is an error, that is why it was lost. */
  close(error?: unknown): void;
  /** Why it was lost; undefined where it was not. */
  readonly lost: () => unknown;
}

/** After that long without an answer a connection is taken for lost: a network may drop it and say nothing. */
const answerWithinMs = 10_000;

/** Opens connections to who serves the stream. */
export function openSession(redis: RedisConnection | RedisCluster, stream: string): Session {
  let lost: unknown;
  const connect = async (): Promise<RedisConnection> => {
    const connection = isCluster(redis)
      ? await connectToNode(redis, stream, ownOptions)
      : redis.duplicate(ownOptions);
    connection.on('error', (error) => {
      lost ??= error;
    });
    return connection;
  };
  const connections = [connect(), connect()] as const;
  const [holder, sender] = connections;
  // One that cannot be made is told of by whoever sends on it, if anybody does.
  for (const one of connections) one.catch(() => undefined);
  const close = (error?: unknown): void => {
    lost ??= error;
    for (const one of connections) void endOnceMade(one);
  };
  const send = async (
    connection: Promise<RedisConnection>,
    withinMs: number,
    command: Parameters<RedisConnection['call']>,
  ): Promise<unknown> => {
    const late = (): void => close(new Error('Redis did not answer in time.'));
    const timer = setTimeout(late, withinMs);
    try {
      return await (await connection).call(...command);
    } catch (error) {
      if (!isRefusal(error)) close(error);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    command: (...command) => send(sender, answerWithinMs, command),
    hold: (holdMs, ...command) => send(holder, holdMs + answerWithinMs, command),
    close,
    lost: () => lost,
  };
}

async function endOnceMade(connection: Promise<RedisConnection>): Promise<void> {
  const made = await connection.catch(() => undefined);
  made?.disconnect();
}

/** Whether Redis said no, with one of these codes where any are given. */
export function isRefusal(error: unknown, ...codes: readonly string[]): error is Error {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return false;
  return codes.length === 0 || codes.some((code) => error.message.startsWith(code));
}
