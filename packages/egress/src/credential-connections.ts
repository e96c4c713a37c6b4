import type { Dispatcher } from 'undici';
import type { Credential } from './credential.js';
import type { TlsIdentity } from './credential-tls.js';
import { type BodyLimits, createExchange, type Exchange } from './exchange.js';

/** What goes out by one pool of connections. */
export interface Ways {
  readonly status: Exchange;
  readonly token: Exchange;
}

/** The connections to strangers: shared by all, but for credentials that are connected for in their own way. */
export interface Connections {
  /** The shared ones where there is no credential, or one without `tls`. */
  for(credential?: Credential): Ways;
  /** Ends every connection, and what is in flight on it. */
  destroy(): Promise<void>;
}

/** `openAgent` makes a pool, once for all and once for each configuration of a credential with `tls`. */
export function createConnections(
  openAgent: (tls?: TlsIdentity) => Dispatcher,
  limits: { readonly status: BodyLimits; readonly token: BodyLimits },
): Connections {
  const open = (tls?: TlsIdentity) => {
    const agent = openAgent(tls);
    const status = createExchange(agent, limits.status);
    return { agent, status, token: createExchange(agent, limits.token) };
  };
  const shared = open();
  const own = new Map<string, ReturnType<typeof open> & { readonly fingerprint: string }>();

  return {
    for(credential) {
      if (!credential?.tls) return shared;
      const { name, fingerprint, tls } = credential;
      const known = own.get(name);
      if (known?.fingerprint === fingerprint) return known;
      // Takes no new request; those under way come to their end.
      known?.agent.close().catch(() => undefined);
      const opened = { ...open(tls), fingerprint };
      own.set(name, opened);
      return opened;
    },
    async destroy() {
      await Promise.all([shared, ...own.values()].map(({ agent }) => agent.destroy()));
    },
  };
}
