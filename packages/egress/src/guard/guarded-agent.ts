import type { Secret } from '@bulkwatch/runtime';
import { Agent, buildConnector, type Dispatcher, Pool, ProxyAgent } from 'undici';
import { FollowingAgent } from './following-agent.js';
import {
  guardedConnect,
  guardedLookup,
  type Lookup,
  type Reach,
  systemAddresses,
} from './guarded-connect.js';
import type { OriginTrust } from './origin-trust.js';
import type { OnRefusal } from './refusal.js';

export interface GuardedAgentOptions {
  /** Connections to one origin at a time. */
  readonly connectionsPerOrigin: number;
  /** Asked for each connection. */
  readonly trustIn: (origin: string) => OriginTrust;
  readonly onRefusal?: OnRefusal | undefined;
  /**
   * An http(s) URL of a forward proxy that everything goes through (CONNECT), which then resolves the names. Should it
   * be renewed, whatever is sent from then on goes the new way.
   */
  readonly proxy?: Secret | undefined;
  /** Authorities that are believed instead of the system's, and a certificate of our own; PEM. */
  readonly tls?: { readonly [Part in 'ca' | 'cert' | 'key']?: string | undefined } | undefined;
  readonly lookup?: Lookup | undefined;
}

/**
 * The one way to strangers: status, delete, token and discovery requests all go through such an agent. It
 * connects to no address that is not allowed, keeps connections alive and bounds them per origin. It follows no
 * redirect, speaks HTTP/1.1 only, and reads no proxy variable. The caller closes it.
 */
export function createGuardedAgent(options: GuardedAgentOptions): Dispatcher {
  const connecting = { timeout: 10_000, minVersion: 'TLSv1.2' as const, ...options.tls };
  if (options.proxy === undefined) {
    const connectTo = (reach: Reach) =>
      buildConnector({ ...connecting, autoSelectFamily: true, lookup: guardedLookup(reach) });
    return new Agent({ ...connections(options), factory: guardedPools(options, connectTo) });
  }
  const connectThrough = (uri: string): Dispatcher =>
    new ProxyAgent({
      ...connections(options),
      uri,
      requestTls: connecting,
      proxyTls: { timeout: 10_000 },
      // A proxy that accepts and then says nothing would hold a connection for minutes.
      clientFactory: (origin, given) => new Pool(origin, { ...given, headersTimeout: 10_000 }),
      factory: guardedPools(options, undefined),
    });
  return new FollowingAgent(options.proxy, connectThrough);
}

function connections({ connectionsPerOrigin }: GuardedAgentOptions) {
  return {
    connections: connectionsPerOrigin,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: 60_000,
    keepAliveMaxTimeout: 300_000,
    // A kept-alive connection never resolves its name again, which after a fail-over it must.
    clientTtl: 300_000,
    maxHeaderSize: 16 * 1024,
    // The total deadline is the only other clock; undici's would start anew at every byte.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
}

/**
 * A pool per origin, since what may be reached depends on the origin. Left alone, an Agent of one connection
 * skips the pool, and with it `clientTtl`. Without `connectTo` the pool connects as the agent would: by tunnel.
 */
function guardedPools(
  { trustIn, onRefusal, lookup = systemAddresses }: GuardedAgentOptions,
  connectTo: ((reach: Reach) => buildConnector.connector) | undefined,
): NonNullable<Agent.Options['factory']> {
  return (from, given: Pool.Options) => {
    const { origin } = new URL(from);
    const reach: Reach = {
      trust: () => trustIn(origin),
      lookup,
      onDenied: (denied) => onRefusal?.(denied, origin),
    };
    const connect = connectTo?.(reach) ?? (given.connect as buildConnector.connector);
    return new Pool(from, { ...given, connect: guardedConnect(connect, reach) });
  };
}
