import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { eventually, type Redis, startRedis } from '@bulkwatch/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ApiServer, createApiServer } from '../src/api-server.js';
import { createContext } from '../src/context.js';
import { routeTable } from '../src/route-table.js';
import { loggerInto, newStatusUrl, provider, settingsFor, setupWorker } from './harness.js';
import { withFiles } from './with-files.js';

let redis: Redis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

const running: ApiServer[] = [];
afterEach(async () => {
  for (const api of running.splice(0)) await api.stop();
});

async function start(env: Record<string, string> = {}) {
  const log: string[] = [];
  const context = await createContext(settingsFor(redis.url, env), loggerInto(log));
  const api = createApiServer(context);
  running.push(api);
  const { port, opsPort } = await api.start();
  const base = `http://127.0.0.1:${port}`;
  const ops = `http://127.0.0.1:${opsPort}`;
  const register = async (): Promise<string> => {
    const body = JSON.stringify({ statusUrl: newStatusUrl() });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${base}/v1/jobs`, { method: 'POST', headers, body });
    return ((await response.json()) as { id: string }).id;
  };
  return { api, context, log, port, opsPort, base, ops, register };
}

describe('starting', () => {
  it('says where it listens, with its settings and without secrets', async () => {
    const { log, port, opsPort } = await start();

    const line = log.map((text) => JSON.parse(text)).find(({ msg }) => msg === 'api listening');
    expect(line).toMatchObject({ service: 'api', port, opsPort });
    expect(line.settings.redisUrl).toBe('[secret]');
  });

  it('fails, and leaves nothing behind, when its port is taken', async () => {
    const { port } = await start();
    const context = await createContext(
      settingsFor(redis.url, { BULKWATCH_API_PORT: String(port) }),
      loggerInto([]),
    );
    const second = createApiServer(context);

    await expect(second.start()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await expect(context.store.ping()).rejects.toThrow();
  });

  it('follows the tenants file from then on', async () => {
    const listing = (origin: string): string =>
      JSON.stringify({ tenants: { default: { providerOrigins: [origin] } } });
    const files = await withFiles({ 'tenants.json': listing(provider) });
    try {
      const tenantsFile = files.path('tenants.json');
      const { context, register } = await start({ BULKWATCH_TENANTS_FILE: tenantsFile });
      expect(await register()).toBeDefined();

      await writeFile(tenantsFile, listing('https://other.example.org'));
      await eventually(async () => expect(await register()).toBeUndefined(), { timeoutMs: 10_000 });
      expect(await context.metrics.registry.metrics()).toContain(
        'bulkwatch_tenants_reloads_total{outcome="loaded"} 1',
      );
    } finally {
      await files.remove();
    }
  });

  it('can be stopped unstarted, and twice', async () => {
    const api = createApiServer(await createContext(settingsFor(redis.url), loggerInto([])));

    await api.stop();
    await api.stop();
  });

  it('refuses a Redis that may forget jobs, and names all that is wrong', async () => {
    const forgetful = await startRedis({ settings: { 'maxmemory-policy': 'allkeys-lru' } });
    try {
      const opening = createContext(settingsFor(forgetful.url), loggerInto([]));
      await expect(opening).rejects.toThrow(/noeviction/);
    } finally {
      await forgetful.stop();
    }
  });

  it('warns of a Redis without an append-only file', async () => {
    const log: string[] = [];
    const volatile = await startRedis({ settings: { appendonly: 'no' } });
    try {
      const context = await createContext(settingsFor(volatile.url), loggerInto(log));
      await context.store.close();
      expect(log.join('')).toContain('append-only');
    } finally {
      await volatile.stop();
    }
  });
});

describe('the ops port', () => {
  it('is alive and ready, and shows metrics of what was asked', async () => {
    const { ops, base, register } = await start();
    const id = await register();
    await fetch(`${base}/v1/jobs/${id}`);
    await fetch(`${base}/v1/jobs/${id}`, { method: 'PUT' });
    await fetch(`${base}/nowhere`, { method: 'PROPFIND' });

    expect((await fetch(`${ops}/livez`)).status).toBe(200);
    expect((await fetch(`${ops}/readyz`)).status).toBe(200);
    const metrics = await (await fetch(`${ops}/metrics`)).text();
    const expected = [
      'bulkwatch_redis_up 1',
      'bulkwatch_redis_round_trip_seconds 0.',
      'bulkwatch_registrations_total{result="created"} 1',
      'bulkwatch_registrations_total{result="refused"} 0',
      'bulkwatch_events_published_total{event="registered"} 1',
      'bulkwatch_http_requests_total{route="/v1/jobs",method="POST",status_class="2xx"} 1',
      'bulkwatch_http_requests_total{route="/v1/jobs/{id}",method="GET",status_class="2xx"} 1',
      'bulkwatch_http_requests_total{route="/v1/jobs/{id}",method="other",status_class="4xx"} 1',
      'bulkwatch_http_requests_total{route="none",method="other",status_class="4xx"} 1',
    ];
    for (const line of expected) expect(metrics).toContain(line);
    const options = { input: metrics, encoding: 'utf8' } as const;
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], options);
    expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' });
    expect(metrics).not.toContain(id);
  });

  it('counts what nobody has asked for yet from zero, as alerts would otherwise take it for unmeasured', async () => {
    const { ops } = await start();
    const metrics = await (await fetch(`${ops}/metrics`)).text();

    for (const { path, method } of routeTable) {
      const labels = `route="${path.replace(/:(\w+)/g, '{$1}')}",method="${method.toUpperCase()}"`;
      for (const status of ['2xx', '3xx', '4xx', '5xx'])
        expect(metrics).toContain(
          `bulkwatch_http_requests_total{${labels},status_class="${status}"} 0\n`,
        );
      expect(metrics).toContain(`bulkwatch_http_request_duration_seconds_count{${labels}} 0\n`);
    }
  });

  it('is alive but not ready while Redis is away, and says that it is down', async () => {
    const { ops } = await start();
    await redis.kill();
    try {
      const startedAtMs = performance.now();
      const ready = await fetch(`${ops}/readyz`);
      expect(ready.status).toBe(503);
      expect(await ready.json()).toMatchObject({ checks: { redis: 'unavailable' } });
      expect(performance.now() - startedAtMs).toBeLessThan(1_000);
      expect((await fetch(`${ops}/livez`)).status).toBe(200);
      expect(await (await fetch(`${ops}/metrics`)).text()).toMatch(
        /bulkwatch_redis_up 0\n(?![^]*^bulkwatch_redis_round_trip_seconds )/m,
      );
    } finally {
      await redis.restart();
    }
    await eventually(async () => expect((await fetch(`${ops}/readyz`)).status).toBe(200));
  });
});

describe('stopping', () => {
  it('answers held requests at once with the job as it is', async () => {
    const { api, base, register, log } = await start();
    const id = await register();
    const held = fetch(`${base}/v1/jobs/${id}?wait=30`);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const startedAtMs = performance.now();

    await api.stop();

    expect((await held).status).toBe(200);
    expect(await (await held).json()).toMatchObject({ id, state: 'registered' });
    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
    expect(log.join('')).not.toContain('"level":"error"');
  });

  it('finishes a large answer to a slow reader', async () => {
    const { api, port, register } = await start();
    const worker = await setupWorker(redis);
    const id = await register();
    const manifest = Buffer.from(JSON.stringify({ output: [], filler: 'x'.repeat(20_000_000) }));
    await worker.complete(id, manifest);
    await worker.close();
    const request = httpRequest(`http://127.0.0.1:${port}/v1/jobs/${id}/manifest`).end();
    const [response] = await once(request, 'response');
    response.pause();
    await new Promise((resolve) => setTimeout(resolve, 100));

    const stopped = api.stop();
    let received = 0;
    for await (const chunk of response) received += (chunk as Buffer).length;
    await stopped;

    expect(received).toBe(manifest.length);
  });

  it('hangs up on idle connections, and takes no new ones', async () => {
    const { api, port } = await start();
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'data');
    const closed = once(socket, 'close');

    await api.stop();
    await closed;

    const late = connect(port, '127.0.0.1');
    await expect(once(late, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('serves on for a while, no longer ready, and asks callers to come by other connections', async () => {
    const { api, base, ops, register } = await start({
      BULKWATCH_SHUTDOWN_DELAY: '1s',
      BULKWATCH_SHUTDOWN_GRACE: '5s',
    });
    const id = await register();
    const ask = async (path: string) => {
      const answer = await fetch(`${base}/v1/jobs${path}`);
      await answer.text();
      return { status: answer.status, connection: answer.headers.get('connection') };
    };
    expect((await ask('')).connection).toBe('keep-alive');
    const held = ask(`/${id}?wait=30`);
    await new Promise((resolve) => setTimeout(resolve, 200));

    const startedAtMs = performance.now();
    const stopped = api.stop();
    const [live, ready, answer] = await Promise.all([
      fetch(`${ops}/livez`),
      fetch(`${ops}/readyz`),
      ask(''),
    ]);

    expect([live.status, ready.status, answer.status]).toEqual([200, 503, 200]);
    expect(answer.connection).toBe('close');
    expect(await held).toEqual({ status: 200, connection: 'close' });
    await stopped;
    expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(1_000);
    expect(performance.now() - startedAtMs).toBeLessThan(2_000);
    await expect(ask('')).rejects.toThrow();
  });

  it('says that it is not ready while it finishes', async () => {
    const { api, port, ops } = await start();
    const socket = connect(port, '127.0.0.1');
    const body = JSON.stringify({ statusUrl: newStatusUrl() });
    socket.write(
      `POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    await new Promise((resolve) => setTimeout(resolve, 100));

    const stopped = api.stop();
    const ready = await fetch(`${ops}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ checks: { listening: 'stopping' } });
    socket.write(body);
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1.1 201 /);
    await stopped;
  });
});

describe('slow callers', () => {
  it('are hung up on when their headers do not end', { timeout: 20_000 }, async () => {
    const { port } = await start();
    const socket = connect(port, '127.0.0.1');
    const startedAtMs = performance.now();
    socket.write('GET /v1/jobs HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');

    const [answer] = await once(socket, 'data');
    await once(socket, 'close');

    expect(String(answer)).toMatch(/^HTTP\/1.1 408 /);
    expect(performance.now() - startedAtMs).toBeLessThan(14_000);
  });
});
