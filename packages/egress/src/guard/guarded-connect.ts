import type { LookupAddress } from 'node:dns';
import { lookup as systemLookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import type { buildConnector } from 'undici';
import type { AddressClass } from './address-class.js';
import { judgeAddresses } from './judge-addresses.js';
import type { OriginTrust } from './origin-trust.js';
import { RefusedError } from './refusal.js';

/** All addresses of a name. Rejects as `node:dns` does when there are none. */
export type Lookup = (hostname: string) => Promise<readonly LookupAddress[]>;

/** As the system resolves: its hosts file, its order, both families. */
export const systemAddresses: Lookup = (hostname) => systemLookup(hostname, { all: true });

/** Where the connections to one origin may lead. */
export interface Reach {
  readonly trust: () => OriginTrust;
  readonly lookup: Lookup;
  readonly onDenied: (denied: AddressClass & RefusedError['reason']) => void;
}

/**
 * Connects as `connect` does, unless the host is an address that is not allowed. A host that is a name is not
 * looked at here: `guardedLookup` does that, or the proxy that will resolve it.
 */
export function guardedConnect(
  connect: buildConnector.connector,
  reach: Omit<Reach, 'lookup'>,
): buildConnector.connector {
  return (target, callback) => {
    const refusal = isIP(target.hostname) === 0 ? undefined : refusalOf([target.hostname], reach);
    if (!refusal) return connect(target, callback);
    // undici is still in the middle of its own bookkeeping while it calls.
    queueMicrotask(() => callback(refusal, null));
  };
}

/**
 * The `lookup` of a socket: resolves once, judges every answer, and hands the very addresses that it has judged
 * to the socket, so that no second answer can differ (DNS rebinding). One that is not allowed refuses all.
 */
export function guardedLookup(reach: Reach): LookupFunction {
  return (hostname, options, callback) => {
    const answer = async (): Promise<void> => {
      const { error, addresses } = await judgedAddresses(hostname, reach);
      const [first] = addresses;
      if (error) callback(error, []);
      else if (options.all === true) callback(null, addresses);
      else callback(null, first?.address ?? '', first?.family);
    };
    void answer();
  };
}

async function judgedAddresses(
  hostname: string,
  reach: Reach,
): Promise<{ error?: NodeJS.ErrnoException | undefined; addresses: LookupAddress[] }> {
  try {
    const addresses = await resolveName(hostname, reach.lookup);
    const found = addresses.map(({ address }) => address);
    return { error: refusalOf(found, reach), addresses: [...addresses] };
  } catch (error) {
    return { error: error as NodeJS.ErrnoException, addresses: [] };
  }
}

/** All addresses of a name, one at least. Rejects as `node:dns` does when there are none. */
export async function resolveName(
  hostname: string,
  lookup: Lookup,
): Promise<readonly LookupAddress[]> {
  const addresses = await lookup(hostname);
  // Node's sockets fall over an empty answer.
  if (addresses.length === 0) throw Object.assign(new Error('no address'), { code: 'ENOTFOUND' });
  return addresses;
}

/** Why one may not go to all of these addresses. */
function refusalOf(
  addresses: readonly string[],
  { trust, onDenied }: Omit<Reach, 'lookup'>,
): RefusedError | undefined {
  const trusted = trust();
  const denied = judgeAddresses(addresses, trusted).find(({ allowed }) => !allowed)?.word;
  if (denied === undefined || denied === 'public') return undefined;
  onDenied(denied);
  return new RefusedError({ reason: denied, disguised: trusted === 'unnamed' });
}
