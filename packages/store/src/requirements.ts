import type { Redis } from 'ioredis';
import { toStoreError } from './store-unavailable.js';

/** What Redis must be and do. `errors` forbid a start; `warnings` are for the log. */
export interface RequirementReport {
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

/** Oldest version whose scripts, streams and blocking commands are relied upon. */
const oldestVersion = [6, 2] as const;

/** Asks a connected Redis for version, role, eviction policy and persistence. */
export async function checkRequirements(redis: Redis): Promise<RequirementReport> {
  const info = parseInfo(await redis.info().catch(rethrow));
  const errors: string[] = [];
  const warnings: string[] = [];

  const version = info.get('redis_version') ?? '0';
  if (isOlder(version))
    errors.push(`Redis ${version} is too old: ${oldestVersion.join('.')} or newer is needed.`);
  if (info.get('role') === 'slave')
    errors.push('This Redis is a replica: writes go to its primary.');
  if (info.get('loading') === '1') errors.push('Redis is still loading its data.');

  const policy = info.get('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction')
    errors.push(`maxmemory-policy is ${policy}, must be noeviction: an evicted key is a lost job.`);

  if (info.get('aof_enabled') !== '1')
    warnings.push('The append-only file is off (appendonly no): a restart of Redis loses jobs.');
  else if ((await appendFsync(redis)) === 'everysec')
    warnings.push(
      'appendfsync is everysec, not always: a power cut loses up to a second of registrations.',
    );
  else if ((await appendFsync(redis)) === 'no')
    warnings.push('appendfsync is no: a power cut loses what the kernel had not written.');
  return { errors, warnings };
}

const rethrow = (error: unknown): never => {
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
