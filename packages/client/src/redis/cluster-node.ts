import type { OwnOptions, RedisCluster, RedisConnection } from './redis-connection.js';

/**
 * A connection to the node of a cluster that serves the stream. To it alone, since a cluster's connection sends again to
 * another node what was not answered, and nobody would look what it has been given without knowing.
 * Rejects where no node can be asked.
 */
export async function connectToNode(
  cluster: RedisCluster,
  stream: string,
  options: OwnOptions,
): Promise<RedisConnection> {
  // It knows none before it is connected itself, which this waits for.
  if (cluster.nodes().length === 0) await cluster.call('XLEN', stream).catch(() => undefined);
  const nodes = cluster.nodes();
  const any = nodes[Math.floor(Math.random() * nodes.length)];
  if (!any) throw new Error('No node of the cluster is known at the moment.');
  const connection = any.duplicate(options);
  const moved = await whereElse(connection, stream);
  if (!moved) return connection;
  connection.disconnect();
  return any.duplicate({ ...options, ...moved });
}

/** Undefined where it is served here. */
async function whereElse(connection: RedisConnection, stream: string) {
  let trouble: Error | undefined;
  connection.on('error', (error) => {
    trouble ??= error;
  });
  try {
    await connection.call('XLEN', stream);
    return undefined;
  } catch (error) {
    const { message, name } = error as Error;
    const [, host, port] = /^MOVED \d+ (.*):(\d+)$/.exec(message) ?? [];
    if (host !== undefined && port !== undefined)
      // Without a host it is the one that was asked.
      return { port: Number(port), ...(host === '' ? {} : { host }) };
    // Whoever may not ask is told by the next command.
    if (name === 'ReplyError') return undefined;
    connection.disconnect();
    throw trouble ?? error;
  }
}
