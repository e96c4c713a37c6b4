import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readText } from './infra-files.js';

/** Those of infra/redis/users.acl, and one for the test itself, which may do everything. */
export type RedisUser =
  | 'bulkwatch-api'
  | 'bulkwatch-worker'
  | 'bulkwatch-admin'
  | 'bulkwatch-metrics'
  | 'bulkwatch-subscriber-acme'
  | 'test';

const passwordOf = (user: string): string => `password-of-${user}`;

/** URL of a Redis for one of its users. */
export const urlFor = (user: RedisUser, port: number, scheme = 'redis'): string =>
  `${scheme}://${user}:${passwordOf(user)}@localhost:${port}`;

/** The users as we ship them, given passwords as an operator does, in a file for the setting `aclfile`. */
export async function writeUsers(): Promise<{ file: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'bulkwatch-users-'));
  const file = join(folder, 'users.acl');
  const shipped = readText('infra/redis/users.acl').trim().split('\n');
  const lines = [
    ...shipped.map((line) =>
      line.replace(
        /^user (bulkwatch-\S+).*$/,
        (all, user) => `${all} >${passwordOf(String(user))}`,
      ),
    ),
    `user test on >${passwordOf('test')} ~* &* +@all`,
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  return { file, remove: () => rm(folder, { recursive: true, force: true }) };
}
