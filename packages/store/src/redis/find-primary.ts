import { Redis } from 'ioredis';
import { errorCode } from './error-code.js';
import type { RedisAccess } from './redis-access.js';
import { type Address, type RedisServer, readAddress, readRedisUrl } from './redis-server.js';

/** Tells where the node is that takes our writes. Rejects with PrimaryNotFoundError where nobody can say. */
export type FindPrimary = () => Promise<Address>;

/** Nobody who was asked could tell. `code` is that of the most telling failure. */
export class PrimaryNotFoundError extends Error {
  override readonly name = 'PrimaryNotFoundError';

  readonly code: string;

  constructor(code: string) {
    super(`Nobody could tell where the primary of Redis is (${code}).`);
    this.code = code;
  }
}

/** The slot of all our keys, by their hash tag `{bulkwatch}`. */
export const ourSlot = 6416;
/** Who does not tell within this time is not waited for; the others were asked at the same time. */
const tellWithinMs = 1_000;

export function findPrimaryOf(server: RedisServer, access: RedisAccess): FindPrimary {
  if (server.redisSentinels) return findBySentinels(server, access);
  if (server.redisClusterNodes) return findInCluster(server.redisClusterNodes, access);
  const { host, port } = readRedisUrl(server);
  return async () => ({ host, port });
}

function findBySentinels(server: RedisServer, access: RedisAccess): FindPrimary {
  const addresses = (server.redisSentinels ?? []).map(readAddress);
  const primary = server.redisSentinelPrimary ?? '';
  const loginAt = ({ host }: Address): Login => ({
    username: server.redisSentinelUser,
    password: server.redisSentinelPassword?.reveal(),
    tls: (server.redisSentinelTls ?? access.hasTls) ? access.tls(host) : undefined,
  });
  return () =>
    firstToTell(addresses, async (address) => {
      const command = ['SENTINEL', 'get-master-addr-by-name', primary] as const;
      const reply = (await askOnce(address, loginAt(address), command)) as [string, string] | null;
      if (!reply) throw new PrimaryNotFoundError('UNKNOWN_PRIMARY');
      return { host: reply[0], port: Number(reply[1]) };
    });
}

/** What the cluster says of a range of slots: its primary first, then the replicas. */
type SlotRange = readonly [
  first: number,
  last: number,
  ...nodes: (readonly [string | null, number])[],
];

/** All nodes that are known are asked, those that were given and those that have been told of since. */
function findInCluster(nodes: readonly string[], access: RedisAccess): FindPrimary {
  const given = nodes.map(readAddress);
  let learnt: readonly Address[] = [];
  return () =>
    firstToTell([...learnt, ...given], async (asked) => {
      const login: Login = {
        username: access.username(),
        password: access.password(),
        tls: access.hasTls ? access.tls(asked.host) : undefined,
      };
      const ranges = (await askOnce(asked, login, ['CLUSTER', 'SLOTS'])) as SlotRange[];
      const ours = ranges.find(([first, last]) => first <= ourSlot && ourSlot <= last);
      if (!ours) throw new PrimaryNotFoundError('SLOT_NOT_SERVED');
      // A node that does not know its own name leaves it out: it is the one that was asked.
      const addresses = ranges.flatMap(([, , ...of]) =>
        of.map(([host, port]) => ({ host: host || asked.host, port })),
      );
      learnt = [...new Map(addresses.map((one) => [`${one.host} ${one.port}`, one])).values()];
      const [host, port] = ours[2] ?? [null, asked.port];
      return { host: host || asked.host, port };
    });
}

interface Login {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: ReturnType<RedisAccess['tls']> | undefined;
}

/** On a connection for this question alone, so that none is held at nodes that are seldom needed. */
async function askOnce(
  { host, port }: Address,
  { username, password, tls }: Login,
  [command, ...args]: readonly [string, ...string[]],
): Promise<unknown> {
  const redis = new Redis({
    host,
    port,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls } : {}),
    protocol: 2,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
    connectTimeout: tellWithinMs,
    commandTimeout: tellWithinMs,
  });
  let trouble: unknown;
  redis.on('error', (error) => {
    trouble ??= error;
  });
  try {
    return await redis.call(command, ...args);
  } catch (error) {
    throw trouble ?? error;
  } finally {
    redis.disconnect();
  }
}

async function firstToTell(
  addresses: readonly Address[],
  ask: (address: Address) => Promise<Address>,
): Promise<Address> {
  try {
    return await Promise.any(addresses.map(ask));
  } catch (error) {
    const codes = (error as AggregateError).errors.map((one) => errorCode(one) ?? 'no answer');
    // Who answers tells more than who is away.
    throw new PrimaryNotFoundError(
      codes.find((code) => !/^(E[A-Z]+|no answer)$/.test(code)) ?? codes[0] ?? '',
    );
  }
}
