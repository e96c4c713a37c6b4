import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from './temporary-folder.mjs';
import { usersRedis } from './users-redis.mjs';

it('takes the Redis that the user names, in whichever of the two ways', () => {
  const file = join(temporaryFolder(), 'url');
  writeFileSync(file, 'redis://filed:6379\n');

  expect(usersRedis({})).toBeUndefined();
  expect(usersRedis({ BULKWATCH_REDIS_URL: '', BULKWATCH_REDIS_URL_FILE: '' })).toBeUndefined();
  expect(usersRedis({ BULKWATCH_REDIS_URL: 'redis://named:6379' })).toBe('redis://named:6379');
  expect(usersRedis({ BULKWATCH_REDIS_URL_FILE: file })).toBe('redis://filed:6379');
});

it('says which file it could not read', () => {
  expect(() => usersRedis({ BULKWATCH_REDIS_URL_FILE: '/nowhere/url' })).toThrow(
    'BULKWATCH_REDIS_URL_FILE: /nowhere/url cannot be read (ENOENT).',
  );
});
