import { setTimeout as pause } from 'node:timers/promises';
import { eventually, type Redis as Server, startRedis } from '@bulkwatch/testkit';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectionOptions } from '../src/connection.js';
import type { FindPrimary } from '../src/redis/find-primary.js';
import { primaryConnector } from '../src/redis/primary-connector.js';
import { redisAccess } from '../src/redis/redis-access.js';

let server: Server;
let redis: Redis | undefined;
beforeAll(async () => {
  server = await startRedis();
});
afterEach(() => redis?.disconnect());
afterAll(() => server.stop());

/** A connection as a worker has it, to whom these tell where the primary is, one after the other; the last one again. */
function connectedBy(...answers: readonly FindPrimary[]): Redis {
  const of = { redisUrl: server.url };
  let asked = 0;
  const find: FindPrimary = () => {
    const answer = answers[Math.min(asked, answers.length - 1)] ?? here;
    asked += 1;
    return answer();
  };
  redis = new Redis({
    ...connectionOptions('worker', of),
    Connector: primaryConnector(redisAccess(of), find, false),
  });
  redis.on('error', () => undefined);
  return redis;
}

const here: FindPrimary = async () => ({ host: '127.0.0.1', port: server.port });
const nobodyKnows: FindPrimary = () => Promise.reject(new Error('nobody knows'));
const slowly: FindPrimary = async () => {
  await pause(200);
  return here();
};

describe('a connection that asks where the primary is', () => {
  it('is never given up, however often nobody knows', async () => {
    const pinging = connectedBy(nobodyKnows, nobodyKnows, nobodyKnows, here).ping();
    expect(await pinging).toBe('PONG');
  });

  it('is not given up when it is made anew while it asks', async () => {
    const connection = connectedBy(slowly, here);
    await pause(50);
    connection.disconnect(true);
    expect(await connection.ping()).toBe('PONG');
  });

  it('ends when it is closed while it asks', async () => {
    const connection = connectedBy(slowly);
    await pause(50);
    connection.disconnect();
    await eventually(() => expect(connection.status).toBe('end'));
  });

  it('leaves a replica again, and asks once more', async () => {
    const replica = await startRedis({ settings: { replicaof: `127.0.0.1 ${server.port}` } });
    const there: FindPrimary = async () => ({ host: '127.0.0.1', port: replica.port });
    const connection = connectedBy(there, there, here);
    expect(await connection.set('{bulkwatch}:test', 'written')).toBe('OK');
    await replica.stop();
  });
});
