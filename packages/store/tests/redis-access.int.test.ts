import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { Secret } from '@bulkwatch/runtime';
import { selfSignedCertificate } from '@bulkwatch/simulator';
import { eventually, freePort, startRedis, tellRedis } from '@bulkwatch/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createStore, type RedisServer, type Store } from '../src/index.js';
import { limits } from './store-bench.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bulkwatch-access-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

async function serve(settings: Record<string, string> = {}) {
  const redis = await startRedis({ settings });
  closers.push(() => redis.stop());
  return redis;
}

async function open(server: RedisServer, problems: unknown[] = []): Promise<Store> {
  const store = await createStore({
    ...server,
    role: 'api',
    connectTimeoutMs: 1_000,
    limits,
    onProblem: (_what, error) => problems.push(error),
  });
  closers.push(() => store.close());
  return store;
}

describe('the password of Redis', () => {
  it('is taken from its file for each connection, so that it may change while we run', async () => {
    const redis = await serve({ requirepass: 'one' });
    const redisPasswordFile = await file('password', 'one\n');
    const problems: unknown[] = [];
    const store = await open({ redisUrl: redis.url, redisPasswordFile }, problems);
    let rung = 0;
    store.watchJobs(() => void (rung += 1));

    await tellRedis(redis.port, 'CONFIG SET requirepass two', 'one');
    await store.ping();
    await file('password', 'two\n');
    await tellRedis(redis.port, 'CLIENT KILL TYPE normal', 'two');
    await tellRedis(redis.port, 'CLIENT KILL TYPE pubsub', 'two');

    await eventually(() => store.ping());
    const event = '{"subject":"a","source":"/bulkwatch/tenants/default"}';
    await eventually(async () => {
      await tellRedis(redis.port, `PUBLISH bulkwatch:events:completed '${event}'`, 'two');
      expect(rung).toBeGreaterThan(0);
    });
    expect(problems.join()).not.toContain('WRONGPASS');
  });

  it('is taken out of the URL together with its user, when its file has changed', async () => {
    const redis = await serve();
    const urlOf = (user: string) => redis.url.replace('//', `//${user}:of-${user}@`);
    const may = 'on ~* &* +@all';
    await tellRedis(redis.port, `ACL SETUSER one ${may} >of-one`);
    await tellRedis(redis.port, `ACL SETUSER two ${may} >of-two`);
    const redisUrl = new Secret(urlOf('one'));
    const problems: unknown[] = [];
    const store = await open({ redisUrl }, problems);

    redisUrl.renew(urlOf('two'));
    await tellRedis(redis.port, 'ACL DELUSER one');

    await eventually(() => store.ping());
    expect(problems.join()).not.toContain('WRONGPASS');
  });

  it('stays the one before while the file is away or empty', async () => {
    const redis = await serve({ requirepass: 'one' });
    const redisPasswordFile = await file('password', 'one');
    const store = await open({ redisUrl: redis.url, redisPasswordFile });
    for (const change of [() => rm(redisPasswordFile), () => file('password', '')]) {
      await change();
      await tellRedis(redis.port, 'CLIENT KILL TYPE normal', 'one');
      await eventually(() => store.ping());
    }
  });

  it('is said to be missing where its file is', async () => {
    await expect(
      open({ redisUrl: 'redis://127.0.0.1:1', redisPasswordFile: join(folder, 'nowhere') }),
    ).rejects.toThrow(/password file .*nowhere cannot be read \(ENOENT\)/);
  });
});

describe('a Redis that wants certificates', () => {
  it('lets us in by ours, and is known by the name that was given', async () => {
    const server = selfSignedCertificate('redis.example.org');
    const client = selfSignedCertificate('bulkwatch');
    const tlsPort = await freePort();
    const redisCaFile = await file('server.pem', server.cert);
    const redisCertFile = await file('client.pem', client.cert);
    const redisKeyFile = await file('client-key.pem', client.key);
    await serve({
      'tls-port': String(tlsPort),
      'tls-cert-file': redisCaFile,
      'tls-key-file': await file('server-key.pem', server.key),
      'tls-ca-cert-file': redisCertFile,
    });
    const redisUrl = `rediss://127.0.0.1:${tlsPort}`;
    const redisServerName = 'redis.example.org';
    const all = { redisUrl, redisCaFile, redisCertFile, redisKeyFile, redisServerName };

    await (await open(all)).ping();
    const { redisServerName: _, ...nameless } = all;
    await expect(open(nameless)).rejects.toThrow('ERR_TLS_CERT_ALTNAME_INVALID');
    await expect(open({ redisUrl, redisCaFile, redisServerName })).rejects.toThrow('within 1 s');
    const other = await file('other-key.pem', selfSignedCertificate('other').key);
    await expect(open({ ...all, redisKeyFile: other })).rejects.toThrow(
      'cannot be used together (ERR_OSSL_X509_KEY_VALUES_MISMATCH)',
    );
  });

  it('is told the name by which it is looked for', async () => {
    const { key, cert } = selfSignedCertificate('localhost');
    const names = new Set<unknown>();
    const server = createTlsServer({ key, cert }, (socket) => {
      names.add(socket.servername);
      socket.destroy();
    });
    const port = await freePort();
    server.listen(port, 'localhost');
    closers.push(async () => server.close());

    const redisCaFile = await file('localhost.pem', cert);
    const redisUrl = `rediss://localhost:${port}`;
    await expect(open({ redisUrl, redisCaFile })).rejects.toThrow('did not answer');

    expect([...names]).toEqual(['localhost']);
  });
});

describe('a host that says nothing any more', () => {
  it('is left for who answers, though the connection to it never ends', async () => {
    const redis = await serve();
    const proxy = await startSilenceableProxy(redis.port);
    closers.push(proxy.close);
    const store = await open({ redisUrl: `redis://127.0.0.1:${proxy.port}` });
    await store.ping();
    proxy.silence();
    await eventually(() => store.ping(), { timeoutMs: 9_000, everyMs: 200 });
  });
});

/** Forwards to a port, until what is open is silenced: it then stays open, and carries nothing. */
async function startSilenceableProxy(to: number) {
  const port = await freePort();
  const open = new Set<Socket>();
  const server = createServer((incoming) => {
    const outgoing = connect(to, '127.0.0.1');
    for (const socket of [incoming, outgoing]) {
      socket.on('error', () => undefined);
      open.add(socket);
    }
    incoming.pipe(outgoing).pipe(incoming);
  }).listen(port, '127.0.0.1');
  return {
    port,
    silence() {
      for (const socket of open) socket.unpipe().pause();
    },
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}
