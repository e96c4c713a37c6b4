import type { Redis } from 'ioredis';
import { keys } from './keys.js';
import type { RedisServer } from './redis/redis-server.js';
import { toStoreError } from './store-unavailable.js';

/** What Redis must be and do. `errors` forbid a start; `warnings` are for the log. */
export interface RequirementReport {
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

/** One thing that is asked of Redis, and how it is there. */
export interface RequirementFinding {
  readonly topic: 'version' | 'role' | 'topology' | 'eviction' | 'durability';
  readonly level: 'ok' | 'warning' | 'failed';
  /** A sentence. */
  readonly says: string;
}

/** Oldest version whose scripts, streams and blocking commands are relied upon. */
const oldestVersion = [6, 2] as const;

/**
 * Asks a connected Redis for version, role, eviction policy and persistence. Managed services do not tell all of it: what
 * cannot be known forbids nothing, and is a warning.
 */
export async function checkRequirements(
  redis: Redis,
  server: RedisServer,
): Promise<RequirementReport> {
  const findings = await findRequirements(redis, server);
  const saysOf = (level: RequirementFinding['level']): string[] =>
    findings.filter((finding) => finding.level === level).map(({ says }) => says);
  return { errors: saysOf('failed'), warnings: saysOf('warning') };
}

/** The same, with what is well too: one finding for each topic. */
export async function findRequirements(
  redis: Redis,
  server: RedisServer,
): Promise<readonly RequirementFinding[]> {
  const info = parseInfo(await redis.info().catch(nothingIfRefused));
  return [
    { topic: 'version', ...versionOf(info) },
    { topic: 'role', ...roleOf(info) },
    { topic: 'topology', ...(await topologyOf(redis, info, server)) },
    { topic: 'eviction', ...evictionOf(info) },
    { topic: 'durability', ...(await durabilityOf(redis, info)) },
  ];
}

type Judgement = Omit<RequirementFinding, 'topic'>;
const ok = (says: string): Judgement => ({ level: 'ok', says });
const warning = (says: string): Judgement => ({ level: 'warning', says });
const failed = (says: string): Judgement => ({ level: 'failed', says });

function versionOf(info: Map<string, string>): Judgement {
  const version = info.get('redis_version');
  if (version === undefined) return warning('It does not tell its version (INFO).');
  if (isOlder(version))
    return failed(`Redis ${version} is too old: ${oldestVersion.join('.')} or newer is needed.`);
  const valkey = info.get('valkey_version');
  return ok(
    valkey === undefined
      ? `It is Redis ${version}, or compatible with it.`
      : `It is Valkey ${valkey}, compatible with Redis ${version}.`,
  );
}

function roleOf(info: Map<string, string>): Judgement {
  if (info.get('role') === 'slave')
    return failed('This Redis is a replica: writes go to its primary.');
  if (info.get('loading') === '1') return failed('Redis is still loading its data.');
  return info.has('role')
    ? ok('It is a primary, and has loaded its data.')
    : warning('It does not tell whether it is a primary (INFO).');
}

/** A node of a cluster that is taken for a single Redis serves us until our slot is another one's. */
async function topologyOf(
  redis: Redis,
  info: Map<string, string>,
  { redisClusterNodes, redisSentinels }: RedisServer,
): Promise<Judgement> {
  if (redisClusterNodes) return ok('It is the node of the cluster that serves our slot.');
  if (redisSentinels) return ok('It is the one that the Sentinels call the primary.');
  const advice = 'set BULKWATCH_REDIS_CLUSTER_NODES';
  if (await isElsewhere(redis))
    return failed(`It is a node of a cluster, and another one serves our slot: ${advice}.`);
  return info.get('cluster_enabled') === '1'
    ? warning(`It is a node of a cluster, and its successor would not be found: ${advice}.`)
    : ok('It is a single Redis, or looks like one.');
}

const isElsewhere = (redis: Redis): Promise<boolean> =>
  redis.exists(keys.house).then(
    () => false,
    (error: Error) => error.message.startsWith('MOVED'),
  );

function evictionOf(info: Map<string, string>): Judgement {
  const policy = info.get('maxmemory_policy');
  if (policy === undefined)
    return warning('It does not tell its maxmemory-policy, which must be noeviction (INFO).');
  return policy === 'noeviction'
    ? ok('maxmemory-policy is noeviction.')
    : failed(`maxmemory-policy is ${policy}, must be noeviction: an evicted key is a lost job.`);
}

async function durabilityOf(redis: Redis, info: Map<string, string>): Promise<Judgement> {
  if (!info.has('aof_enabled'))
    return warning('It does not tell whether it has an append-only file (INFO).');
  if (info.get('aof_enabled') !== '1')
    return warning('The append-only file is off (appendonly no): a restart of Redis loses jobs.');
  const fsync = await appendFsync(redis);
  if (fsync === 'everysec')
    return warning(
      'appendfsync is everysec, not always: a power cut loses up to a second of registrations.',
    );
  if (fsync === 'no')
    return warning('appendfsync is no: a power cut loses what the kernel had not written.');
  return fsync === 'always'
    ? ok('Every write is on disk before it is answered (appendfsync always).')
    : ok('The append-only file is on; appendfsync is not for this user to see.');
}

/** Where the user may not ask. */
const nothingIfRefused = (error: unknown): string => {
  if (error instanceof Error && error.message.startsWith('NOPERM')) return '';
  throw toStoreError(error);
};

/** Undefined where CONFIG is not to be had, as on managed services. */
async function appendFsync(redis: Redis): Promise<string | undefined> {
  const reply = (await redis.config('GET', 'appendfsync').catch(() => [])) as string[];
  return reply[1];
}

function parseInfo(text: string): Map<string, string> {
  return new Map(
    text
      .split(/\r?\n/)
      .map((line) => line.split(':', 2))
      .filter((pair): pair is [string, string] => pair.length === 2),
  );
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < oldestVersion[0] || (major === oldestVersion[0] && minor < oldestVersion[1]);
}
