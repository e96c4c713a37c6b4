import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('../../../infra/redis/redis.conf', import.meta.url));

/** The directives of the redis.conf that operators are given, by name. */
export const shippedRedisSettings = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => /^[a-z]/.test(line))
      .map((line) => {
        const [name = '', ...value] = line.trim().split(/\s+/);
        return [name, value.join(' ').replaceAll('"', '')];
      }),
  );
