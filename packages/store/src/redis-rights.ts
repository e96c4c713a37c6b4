import { eventChannelPattern } from '@bulkwatch/contract';
import type { Redis } from 'ioredis';
import { keys, wakeUpQueue } from './keys.js';
import { ask } from './store-context.js';
import { webhookKeys } from './webhooks/webhook-keys.js';

/** The programs that use Redis, each of which can have a user of its own; see infra/redis/users.acl. */
export const redisPrograms = ['api', 'worker', 'cli'] as const;
export type RedisProgram = (typeof redisPrograms)[number];

/** What a user of Redis may not do, of what each program does: commands and keys, `HDEL {bulkwatch}:job:*`. */
export type LackingRights = Readonly<Record<RedisProgram, readonly string[]>>;

/** Stands for the end of a key that has one; no such key is ever made. */
const anybody = 'nobody-has-this-id';

type Family = readonly [key: string, access: 'read' | 'write', ...programs: RedisProgram[]];

/** Keys of each kind, and who reads or also writes them. */
const families: readonly Family[] = [
  [keys.job(anybody), 'write', 'api', 'worker', 'cli'],
  [`${keys.index(anybody)}:completed`, 'write', 'api', 'worker', 'cli'],
  [`{bulkwatch}:open:${anybody}`, 'write', 'api', 'worker', 'cli'],
  [keys.due, 'write', 'api', 'worker', 'cli'],
  [keys.expiry, 'write', 'api', 'worker', 'cli'],
  [keys.expiring, 'write', 'api', 'worker', 'cli'],
  [keys.upkeep, 'write', 'worker', 'cli'],
  [keys.upkeepTurn, 'write', 'worker', 'cli'],
  [keys.duty(anybody), 'write', 'worker', 'cli'],
  [webhookKeys.webhooks, 'write', 'api', 'worker', 'cli'],
  [keys.idempotency(anybody, anybody), 'write', 'api', 'cli'],
  [keys.tenants, 'write', 'api', 'cli'],
  [keys.tenants, 'read', 'worker'],
  [keys.events, 'write', 'api', 'worker', 'cli'],
  [keys.tenantEvents(anybody), 'write', 'api', 'worker', 'cli'],
  [keys.eventLosses(anybody), 'write', 'worker', 'cli'],
  [keys.apiKeys, 'write', 'api', 'cli'],
  [keys.requestQuota(anybody), 'write', 'api', 'cli'],
  [keys.provider(anybody), 'write', 'api', 'worker', 'cli'],
  [keys.house, 'write', 'api', 'worker', 'cli'],
  [keys.schema, 'write', 'api', 'worker', 'cli'],
  [keys.processes, 'write', 'api', 'worker', 'cli'],
  [keys.score(anybody, 0), 'read', 'api'],
  [keys.score(anybody, 0), 'write', 'worker', 'cli'],
  [keys.durations(anybody), 'write', 'worker', 'cli'],
  [keys.manifest(anybody), 'read', 'api'],
  [keys.manifest(anybody), 'write', 'worker', 'cli'],
  [keys.polls(anybody), 'read', 'api'],
  [keys.polls(anybody), 'write', 'worker', 'cli'],
  [keys.pages(anybody), 'write', 'worker', 'cli'],
  [keys.token(anybody), 'write', 'worker', 'cli'],
  [`${wakeUpQueue.prefix}:${anybody}`, 'write', 'api', 'worker', 'cli'],
];

type Line = readonly [command: string, ...args: string[]];

/** One of each kind that all programs use: nothing would happen if it were run. */
const sharedLines: readonly Line[] = [
  ...['HDEL', 'SREM', 'ZREM', 'XDEL'].map(
    (command): Line => [command, keys.job(anybody), command === 'XDEL' ? '0-1' : 'nothing'],
  ),
  ['LREM', keys.job(anybody), '0', 'nothing'],
  ['SETRANGE', keys.job(anybody), '0', ''],
  ...['DEL', 'UNLINK', 'EXISTS', 'TYPE', 'PERSIST', 'TTL', 'PTTL'].map(
    (command): Line => [command, keys.job(anybody)],
  ),
  ...['EXPIRE', 'PEXPIRE', 'PEXPIREAT'].map(
    (command): Line => [command, keys.job(anybody), '9000000000000'],
  ),
  ['EVAL', 'return 0', '0'],
  ['EVALSHA', '0'.repeat(40), '0'],
  ['PUBLISH', eventChannelPattern.replace('*', anybody), ''],
  ['TIME'],
  ['INFO', 'server'],
  ['PING'],
];

/**
 * Tries what each program may do, as the user of this connection, without doing it: commands are queued in a
 * transaction, which Redis refuses one by one where they are not allowed, and the transaction is dropped. (`ACL DRYRUN`
 * is for administrators.) What is refused stands in Redis's `ACL LOG`. The connection must not send anything else
 * meanwhile, nor send commands again.
 * Rejects with StoreUnavailableError while Redis cannot serve.
 */
export async function findLackingRights(redis: Redis): Promise<LackingRights> {
  const lines = [...sharedLines, ...familyLines(), ['SCAN', '0'] as const];
  const refused = await refusedOf(redis, lines);
  if (!refused) return { api: ['MULTI'], worker: ['MULTI'], cli: ['MULTI'] };
  const listens = await mayListen(redis);
  return {
    api: [...lackingOf('api', refused), ...(listens ? [] : [`PSUBSCRIBE ${eventChannelPattern}`])],
    worker: lackingOf('worker', refused),
    cli: lackingOf('cli', refused),
  };
}

/** `GETEX` without options only reads, and needs the right to write as well. */
const familyLine = ([key, access]: Family): Line => [access === 'read' ? 'GET' : 'GETEX', key];
const familyLines = (): readonly Line[] => families.map(familyLine);

function lackingOf(program: RedisProgram, refused: ReadonlySet<string>): string[] {
  const lines = [
    ...sharedLines,
    ...families.filter(([, , ...programs]) => programs.includes(program)).map(familyLine),
    ...(program === 'cli' ? [['SCAN', '0'] as const] : []),
  ];
  return lines.filter((line) => refused.has(textOf(line))).map(shown);
}

const textOf = (line: Line): string => line.join(' ');

/** As a person would say it: of a key that nobody has, its kind, and of what is no key, nothing. */
const shown = ([command, key = '']: Line): string =>
  key.includes('bulkwatch') ? `${command} ${key.replace(anybody, '*')}` : command;

/** Undefined where there can be no transaction. */
async function refusedOf(
  redis: Redis,
  lines: readonly Line[],
): Promise<ReadonlySet<string> | undefined> {
  // What follows would be run.
  if (!(await isAllowed(redis.call('MULTI')))) return undefined;
  const results = await Promise.all(
    lines.map(async (line) => {
      const [command, ...args] = line;
      return [textOf(line), await isAllowed(redis.call(command, ...args))] as const;
    }),
  );
  await ask(redis.call('DISCARD'));
  return new Set(results.filter(([, allowed]) => !allowed).map(([text]) => text));
}

async function isAllowed(command: Promise<unknown>): Promise<boolean> {
  try {
    await command;
    return true;
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('NOPERM')) return false;
    return ask(Promise.reject(error as Error));
  }
}

/** On a connection of its own, which can do nothing else afterwards. */
async function mayListen(redis: Redis): Promise<boolean> {
  const listener = redis.duplicate({ enableOfflineQueue: true });
  listener.on('error', () => undefined);
  try {
    return await isAllowed(listener.psubscribe(eventChannelPattern));
  } finally {
    listener.disconnect();
  }
}
