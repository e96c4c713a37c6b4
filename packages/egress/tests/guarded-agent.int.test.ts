import type { LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, isIPv6 } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Secret } from '@bulkwatch/runtime';
import { hostileAddresses, hostileUrls } from '@bulkwatch/testkit';
import type { Dispatcher } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { failureFromError } from '../src/failure-from-error.js';
import { createGuardedAgent, type GuardedAgentOptions } from '../src/guard/guarded-agent.js';
import { type LocalServer, startHttpServer, startTcpServer } from './local-server.js';

const agents: Dispatcher[] = [];
const servers: LocalServer[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const agent of agents.splice(0)) await agent.destroy();
  for (const server of servers.splice(0)) await server.close();
});

async function opened(starting: Promise<LocalServer>): Promise<LocalServer> {
  const server = await starting;
  servers.push(server);
  return server;
}
/** A provider that has an answer for everybody. */
const openProvider = () => opened(startHttpServer((_request, response) => void response.end()));

const refusals: string[] = [];
function openAgent(options: Partial<GuardedAgentOptions> = {}): Dispatcher {
  const agent = createGuardedAgent({
    connectionsPerOrigin: 2,
    trustIn: () => 'unnamed',
    onRefusal: (reason, origin) => refusals.push(`${reason} ${origin}`),
    ...options,
  });
  refusals.length = 0;
  agents.push(agent);
  return agent;
}

const get = async (agent: Dispatcher, origin: string, reset = false): Promise<number> => {
  const response = await agent.request({ origin, path: '/', method: 'GET', reset });
  await response.body.dump();
  return response.statusCode;
};

/** How it failed, as a poll would tell. */
const failureOf = (asked: Promise<number>) =>
  asked.then((status) => ({ reason: `answered ${status}` }), failureFromError);

const addressOf = (address: string): LookupAddress => ({
  address,
  family: isIPv6(address) ? 6 : 4,
});

/** A resolver with these answers, one after the other, the last for ever. */
function resolver(...answers: string[][]) {
  const asked: string[] = [];
  return {
    asked,
    lookup: async (name: string): Promise<LookupAddress[]> => {
      asked.push(name);
      return (answers[asked.length - 1] ?? answers.at(-1) ?? []).map(addressOf);
    },
  };
}

/** Counts whoever comes to an address of this machine that is none of ours to ask. */
const forbidden = createTcpServer((socket) => socket.destroy());
let visits = 0;
let forbiddenPort = 0;
beforeAll(async () => {
  forbidden.on('connection', () => (visits += 1));
  forbidden.listen(0, '127.0.0.77');
  await once(forbidden, 'listening');
  forbiddenPort = (forbidden.address() as AddressInfo).port;
});
afterEach(() => expect(visits).toBe(0));
afterAll(() => forbidden.close());

describe('a URL by address', () => {
  it('leads nowhere inside, in whatever spelling', async () => {
    const agent = openAgent();
    const urls = hostileUrls(forbiddenPort)
      .filter(({ text }) => URL.canParse(text))
      .map(({ text }) => new URL(text))
      .filter(({ protocol, hostname }) => /^https?:$/.test(protocol) && /[\d\]]$/.test(hostname));
    expect(urls.length).toBeGreaterThan(200);

    for (const { origin } of urls) await expect(get(agent, origin)).rejects.toThrow();
    expect(refusals).toHaveLength(urls.length);
  });

  it('of a network of the operator is reached where he named it', async () => {
    const provider = await openProvider();

    expect(await get(openAgent({ trustIn: () => 'private' }), provider.origin)).toBe(200);
    expect(await failureOf(get(openAgent({ trustIn: () => 'named' }), provider.origin))).toEqual({
      reason: 'provider-not-allowed',
    });
    expect(refusals).toEqual([`loopback ${provider.origin}`]);
  });
});

describe('a name', () => {
  const denied = Object.values(hostileAddresses).flat();

  it.each(denied)('is not followed to %s', async (address) => {
    const { lookup } = resolver([address]);

    await expect(
      get(openAgent({ lookup }), `https://rebind.example:${forbiddenPort}`),
    ).rejects.toThrow();
    expect(refusals).toHaveLength(1);
  });

  it.each(denied)('is not followed where only one of its addresses is %s', async (address) => {
    const provider = await openProvider();
    const origin = `http://mixed.example:${new URL(provider.origin).port}`;
    const { lookup } = resolver(['1.1.1.1', address, '2606:4700::1111']);

    await expect(get(openAgent({ lookup }), origin)).rejects.toThrow();
    expect(refusals).toHaveLength(1);
    expect(provider.connectionCount()).toBe(0);
  });

  it('is resolved once for each connection, and that answer is connected to', async () => {
    const provider = await openProvider();
    const origin = `http://rebind.example:${new URL(provider.origin).port}`;
    // 0.0.0.0 would lead to this machine as well.
    const { lookup, asked } = resolver(['127.0.0.1'], ['0.0.0.0']);
    const agent = openAgent({ lookup, trustIn: () => 'private' });

    expect(await get(agent, origin, true)).toBe(200);
    expect(asked).toEqual(['rebind.example']);
    expect(provider.requests[0]?.headers.host).toBe(new URL(origin).host);

    expect(await failureOf(get(agent, origin))).toEqual({ reason: 'provider-not-allowed' });
    expect(asked).toHaveLength(2);
    expect(refusals).toEqual([`unspecified ${origin}`]);
    expect(provider.connectionCount()).toBe(1);
  });

  it('is tried at its other addresses where one does not answer', async () => {
    const provider = await openProvider();
    const { lookup } = resolver(['127.0.0.78', '::1', '127.0.0.1']);
    const agent = openAgent({ lookup, trustIn: () => 'private' });

    expect(await get(agent, `http://many.example:${new URL(provider.origin).port}`)).toBe(200);
  });

  it('is what the other side is greeted with', async () => {
    const greeted: string[] = [];
    const server = createTlsServer({
      SNICallback: (name, done) => {
        greeted.push(name);
        done(new Error('enough'));
      },
    }).on('tlsClientError', () => undefined);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const agent = openAgent({ ...resolver(['127.0.0.1']), trustIn: () => 'private' });

    await expect(get(agent, `https://ehr.example:${port}`)).rejects.toThrow();
    expect(greeted).toEqual(['ehr.example']);
    server.close();
  });

  it('of a caller’s choice fails as one that does not resolve, where it leads inside', async () => {
    const missing = openAgent({
      lookup: () => Promise.reject(Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' })),
    });
    const inside = openAgent({ ...resolver(['10.0.0.5']) });

    expect(await failureOf(get(inside, 'https://intranet.example'))).toEqual(
      await failureOf(get(missing, 'https://intranet.example')),
    );
  });

  it('without any address is not connected to', async () => {
    expect(
      await failureOf(get(openAgent({ ...resolver([]) }), 'https://ehr.example')),
    ).toMatchObject({ reason: 'connection-failed' });
  });
});

describe('a forward proxy', () => {
  /** A proxy that tunnels whatever it is asked for to one port of this machine. */
  async function startProxy(port: number) {
    const targets: string[] = [];
    const proxy = createServer().on('connect', (request, socket) => {
      targets.push(request.url ?? '');
      const onward = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(onward).pipe(socket);
      });
      socket.on('error', () => onward.destroy());
      onward.on('error', () => socket.destroy());
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    return { url, targets, close: () => proxy.close() };
  }

  it('is given names, and resolves them itself', async () => {
    const provider = await openProvider();
    const proxy = await startProxy(Number(new URL(provider.origin).port));
    const { lookup, asked } = resolver(['127.0.0.1']);
    const agent = openAgent({ proxy: new Secret(proxy.url), lookup });

    expect(await get(agent, 'http://ehr.example:8080')).toBe(200);
    expect(proxy.targets).toEqual(['ehr.example:8080']);
    expect(provider.requests[0]?.headers.host).toBe('ehr.example:8080');
    expect(asked).toEqual([]);
    proxy.close();
  });

  it('is not asked for an address that is not allowed', async () => {
    const provider = await openProvider();
    const proxy = await startProxy(Number(new URL(provider.origin).port));
    const agent = openAgent({ proxy: new Secret(proxy.url) });

    for (const host of ['169.254.169.254', '[::1]', '0x7f.1', '10.0.0.5'])
      await expect(get(agent, `https://${host}:${forbiddenPort}`)).rejects.toThrow();
    expect(proxy.targets).toEqual([]);
    expect(refusals).toHaveLength(4);
    proxy.close();
  });

  it('may be renewed: what is sent from then on goes by the new one', async () => {
    const provider = await openProvider();
    const providerPort = Number(new URL(provider.origin).port);
    const [first, second] = [await startProxy(providerPort), await startProxy(providerPort)];
    const proxy = new Secret(first.url);
    const agent = openAgent({ proxy, lookup: resolver(['127.0.0.1']).lookup });
    await get(agent, 'http://ehr.example:8080');

    proxy.renew(second.url);

    expect(await get(agent, 'http://ehr.example:8080')).toBe(200);
    expect(first.targets).toHaveLength(1);
    expect(second.targets).toEqual(['ehr.example:8080']);
    first.close();
    second.close();
  });

  it('that refuses is a connection that failed', async () => {
    const proxy = await opened(
      startTcpServer((socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')),
    );

    expect(
      await failureOf(get(openAgent({ proxy: new Secret(proxy.origin) }), 'https://ehr.example')),
    ).toMatchObject({ reason: 'connection-failed' });
  });

  it('of the environment is not heard of', async () => {
    const provider = await openProvider();
    const proxy = await opened(startTcpServer((socket) => socket.destroy()));
    for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy'])
      vi.stubEnv(name, proxy.origin);
    vi.stubEnv('NODE_USE_ENV_PROXY', '1');

    expect(await get(openAgent({ trustIn: () => 'private' }), provider.origin)).toBe(200);
    expect(proxy.connectionCount()).toBe(0);
  });
});
