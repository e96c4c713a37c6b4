import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { startRedis } from '@bulkwatch/testkit';
import { afterEach, describe, expect, it } from 'vitest';

const running: { stop(): Promise<void> }[] = [];
const start = async (...args: Parameters<typeof startRedis>) => {
  const redis = await startRedis(...args);
  running.push(redis);
  return redis;
};
afterEach(async () => {
  await Promise.all(running.splice(0).map((redis) => redis.stop()));
});

/** Sends one inline command and resolves with the first reply; undefined when none comes in time. */
function command(port: number, text: string, timeoutMs = 1_000): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${text}\r\n`));
    const timer = setTimeout(() => finish(undefined), timeoutMs);
    const finish = (reply: string | undefined) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(reply);
    };
    socket.once('data', (data) => finish(data.toString()));
    socket.once('error', reject);
  });
}

describe('startRedis', () => {
  it('keeps every answered write over SIGKILL and restart', async () => {
    const redis = await start();
    const firstPid = redis.pid;
    expect(await command(redis.port, 'SET colour green')).toBe('+OK\r\n');
    await redis.kill();
    await expect(command(redis.port, 'PING')).rejects.toThrow(/ECONNREFUSED/);
    await redis.restart();
    expect(await command(redis.port, 'GET colour')).toContain('green');
    expect(redis.pid).not.toBe(firstPid);
  });

  it('answers nothing while paused', async () => {
    const redis = await start();
    redis.pause();
    expect(await command(redis.port, 'PING', 100)).toBeUndefined();
    redis.resume();
    expect(await command(redis.port, 'PING')).toBe('+PONG\r\n');
  });

  it('takes settings over its own, a password included', async () => {
    const redis = await start({
      settings: { 'maxmemory-policy': 'allkeys-lru', requirepass: 'sesame' },
    });
    expect(await command(redis.port, 'PING')).toContain('NOAUTH');
    const policy = await command(redis.port, 'AUTH sesame\r\nCONFIG GET maxmemory-policy');
    expect(policy).toContain('OK');
  });

  it('starts several, each with a port and a directory of its own, and removes the directory', async () => {
    const [one, two] = await Promise.all([start(), start()]);
    expect(one.port).not.toBe(two.port);
    const directory = (await command(one.port, 'CONFIG GET dir'))?.split('\r\n')[4] as string;
    expect(existsSync(directory)).toBe(true);
    await one.stop();
    expect(existsSync(directory)).toBe(false);
    expect(await command(two.port, 'PING')).toBe('+PONG\r\n');
  });

  it('fails with the output of a server that cannot start', async () => {
    await expect(startRedis({ settings: { appendfsync: 'sometimes' } })).rejects.toThrow(
      /Redis did not start[^]*appendfsync/,
    );
  });
});
