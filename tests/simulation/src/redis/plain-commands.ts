import type { Commands } from './commands.js';
import type { Value } from './key-space.js';

type PlainCommand = (commands: Commands, ...args: readonly string[]) => unknown;

const bytesOf = (value: Value): Buffer => Buffer.from(value as string);

/** The commands that the store's code sends as they are, and their replies as ioredis has them. */
export const plainCommands: Readonly<Record<string, PlainCommand>> = {
  hgetall: (commands, key = '') => commands.hgetall(key),
  hgetallBuffer: ({ space }, key = '') => {
    const fields = space.find(key, 'hash')?.fields ?? [];
    return Object.fromEntries([...fields].map(([name, value]) => [name, bytesOf(value)]));
  },
  hget: (commands, key = '', field = '') => commands.hget(key, field) ?? null,
  hmget: (commands, key = '', ...fields) =>
    commands.hmget(key, ...fields).map((value) => value ?? null),
  get: (commands, key = '') => commands.get(key) ?? null,
  getBuffer: ({ space }, key = '') => {
    const found = space.find(key, 'string');
    return found ? bytesOf(found.value) : null;
  },
  lrange: (commands, key = '', start = '0', stop = '-1') =>
    commands.lrange(key, Number(start), Number(stop)),
  smembers: (commands, key = '') => commands.smembers(key),
  zrange: (commands, key = '', start = '0', stop = '-1') =>
    commands.zrange(key, Number(start), Number(stop)).map(([member]) => member),
  // How far the look after settled jobs has come, and whose turn it is.
  hset: (commands, key = '', ...pairs) => commands.hset(key, ...pairs),
  hdel: (commands, key = '', ...fields) => commands.hdel(key, ...fields),
  pexpire: (commands, key = '', ms = '0') => commands.pexpire(key, Number(ms)),
  set: (commands, key = '', value = '', ...options) => {
    const [px, ms, nx] = options;
    const isSet = commands.set(key, value, {
      nx: nx === 'NX',
      ...(px === 'PX' ? { pxMs: Number(ms) } : {}),
    });
    return isSet ? 'OK' : null;
  },
};
