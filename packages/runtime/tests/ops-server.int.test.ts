import { once } from 'node:events';
import { connect } from 'node:net';
import {
  createLogger,
  createOpsServer,
  type HealthReport,
  type OpsServer,
  type OpsServerOptions,
} from '@bulkwatch/runtime';
import { afterEach, describe, expect, it } from 'vitest';

const well: HealthReport = { ok: true, checks: { redis: 'ok' } };
const servers: OpsServer[] = [];

/** An ops server on a free port, its log lines, and its address once it is started. */
function setup(given: Partial<OpsServerOptions> = {}): {
  server: OpsServer;
  logged: string[];
  start: () => Promise<string>;
} {
  const logged: string[] = [];
  const server = createOpsServer({
    host: '127.0.0.1',
    port: 0,
    registry: { contentType: 'text/plain; version=0.0.4', metrics: async () => 'up 1\n' },
    livez: () => well,
    readyz: () => well,
    logger: createLogger({
      service: 'test',
      level: 'info',
      destination: { write: (line) => void logged.push(line) },
    }),
    ...given,
  });
  servers.push(server);
  return { server, logged, start: async () => `http://127.0.0.1:${(await server.start()).port}` };
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

describe('the ops server', () => {
  it('exposes metrics as the registry renders them', async () => {
    const origin = await setup().start();

    const answer = await fetch(`${origin}/metrics`);

    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4');
    expect(await answer.text()).toBe('up 1\n');
  });

  it('answers 200 while a check is well and 503 while it is not', async () => {
    const sick: HealthReport = { ok: false, checks: { redis: 'away' } };
    const origin = await setup({ readyz: async () => sick }).start();

    const live = await fetch(`${origin}/livez?verbose`);
    const ready = await fetch(`${origin}/readyz`);

    expect([live.status, await live.json()]).toEqual([200, well]);
    expect([ready.status, await ready.json()]).toEqual([503, sick]);
    expect(ready.headers.get('cache-control')).toBe('no-store');
  });

  it('answers 503 when a check throws, and logs why', async () => {
    const livez = (): never => {
      throw new Error('broken check');
    };
    const { start, logged } = setup({ livez, readyz: () => Promise.reject(new Error('later')) });
    const origin = await start();

    expect((await fetch(`${origin}/livez`)).status).toBe(503);
    expect((await fetch(`${origin}/readyz`)).status).toBe(503);
    expect(logged.join('')).toContain('broken check');
  });

  it('answers 503 when a check says nothing', async () => {
    const origin = await setup({ readyz: () => new Promise(() => {}) }).start();

    const answer = await fetch(`${origin}/readyz`);

    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ ok: false, checks: { answered: 'timed out' } });
  });

  it('answers 500 when metrics cannot be rendered', async () => {
    const registry = { contentType: 'text/plain', metrics: () => Promise.reject(new Error('x')) };
    const origin = await setup({ registry }).start();

    expect((await fetch(`${origin}/metrics`)).status).toBe(500);
  });

  it.each([
    ['GET', '/', 404],
    ['GET', '/metrics/', 404],
    ['GET', '/constructor', 404],
    ['POST', '/metrics', 405],
    ['DELETE', '/livez', 405],
    ['HEAD', '/livez', 200],
  ])('answers %s %s with %d', async (method, path, status) => {
    const origin = await setup().start();

    const answer = await fetch(origin + path, { method });

    expect(answer.status).toBe(status);
    expect(answer.headers.get('allow')).toBe(status === 405 ? 'GET, HEAD' : null);
  });

  it('survives what is no HTTP', async () => {
    const origin = await setup().start();
    const socket = connect({ port: Number(new URL(origin).port), host: '127.0.0.1' });
    socket.end('rubbish\r\n\r\n');
    await once(socket.resume(), 'close');

    expect((await fetch(`${origin}/livez`)).status).toBe(200);
  });
});

describe('the life of the ops server', () => {
  it('can be stopped unstarted, and twice', async () => {
    const { server, start } = setup();
    await setup().server.stop();
    const origin = await start();

    await Promise.all([server.stop(), server.stop()]);
    await server.stop();

    await expect(fetch(`${origin}/livez`)).rejects.toThrow('fetch failed');
  });

  it('can be started only once, and not after a stop', async () => {
    const { server, start } = setup();
    await start();
    await expect(server.start()).rejects.toThrow('can be started once');

    const stopped = setup().server;
    await stopped.stop();
    await expect(stopped.start()).rejects.toThrow('can be started once');
  });

  it('stops when it is told to while it starts', async () => {
    const { server, start } = setup();

    const [origin] = await Promise.all([start(), server.stop()]);

    await expect(fetch(`${origin}/livez`)).rejects.toThrow('fetch failed');
  });

  it('rejects a port that is taken, and can then be stopped', async () => {
    const origin = await setup().start();
    const { server } = setup({ port: Number(new URL(origin).port) });

    await expect(server.start()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await server.stop();
  });

  it('is not held up by a client that never ends', async () => {
    const { server, start } = setup();
    const origin = await start();
    const socket = connect({ port: Number(new URL(origin).port), host: '127.0.0.1' });
    socket.on('error', () => {});
    socket.write('GET /livez HTTP/1.1\r\n');
    await once(socket, 'connect');

    await server.stop();

    socket.destroy();
  });
});
