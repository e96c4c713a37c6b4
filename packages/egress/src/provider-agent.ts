import { Agent, Pool } from 'undici';

/**
 * The one pool of connections to strangers: status requests, delete requests and token requests all
 * go through it. Connections are kept alive and bounded per origin. It follows no redirect, speaks
 * HTTP/1.1 only, and reads no proxy variables.
 */
export function createProviderAgent(connectionsPerProvider: number): Agent {
  return new Agent({
    connections: connectionsPerProvider,
    // Left alone, an Agent of one connection skips the pool, and with it `clientTtl`.
    factory: (origin, options) => new Pool(origin, options),
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: 60_000,
    keepAliveMaxTimeout: 300_000,
    // A kept-alive connection never resolves its name again, which after a fail-over it must.
    clientTtl: 300_000,
    maxHeaderSize: 16 * 1024,
    connect: { timeout: 10_000, minVersion: 'TLSv1.2' },
    // The total deadline is the only other clock; undici's would start anew at every byte.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}
