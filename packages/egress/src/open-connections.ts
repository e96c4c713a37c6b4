import type { Secret } from '@bulkwatch/runtime';
import { createBodyRoom } from './body-room.js';
import { type Connections, createConnections } from './credential-connections.js';
import type { TlsIdentity } from './credential-tls.js';
import { createGuardedAgent } from './guard/guarded-agent.js';
import type { Lookup } from './guard/guarded-connect.js';
import type { OnRefusal } from './guard/refusal.js';
import type { ProviderPolicy } from './provider-policy.js';

const smallBodyMaxBytes = 64 * 1024;

/** How many of the largest bodies there is room for at a time; one origin may have half of it. */
const largeBodies = 4;

export interface ConnectionsOptions {
  readonly policy: Pick<ProviderPolicy, 'trustIn'>;
  /** Largest body of a 200. */
  readonly bodyMaxBytes: number;
  readonly errorBodyMaxBytes?: number | undefined;
  readonly connectionsPerProvider: number;
  readonly proxy?: Secret | undefined;
  readonly lookup?: Lookup | undefined;
  readonly onRefusal?: OnRefusal | undefined;
}

/** The guarded connections of all requests, for statuses and for tokens. The caller destroys them. */
export function openConnections(options: ConnectionsOptions): Connections {
  const { policy, onRefusal, proxy, lookup } = options;
  const { bodyMaxBytes, errorBodyMaxBytes = smallBodyMaxBytes } = options;
  return createConnections(
    (tls) =>
      createGuardedAgent({
        connectionsPerOrigin: options.connectionsPerProvider,
        trustIn: policy.trustIn,
        onRefusal,
        proxy,
        lookup,
        ...(tls && { tls: inClear(tls) }),
      }),
    {
      status: { bodyMaxBytes, errorBodyMaxBytes, room: createBodyRoom(largeBodies * bodyMaxBytes) },
      token: { bodyMaxBytes: smallBodyMaxBytes, errorBodyMaxBytes: smallBodyMaxBytes },
    },
  );
}

const inClear = ({ key, ...rest }: TlsIdentity) => ({
  ...rest,
  ...(key && { key: key.reveal() }),
});
