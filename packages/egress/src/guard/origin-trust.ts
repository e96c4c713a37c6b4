import type { AddressClass } from './address-class.js';

/** How far an origin is trusted, which decides where its connections may lead. */
export type OriginTrust =
  /** The operator said that it is on a network of his own. */
  | 'private'
  /** The operator named it. */
  | 'named'
  /** It fits a pattern, or anything goes: the name is a caller's choice. */
  | 'unnamed';

/** What private trust opens; nothing opens any other class, least of all where clouds keep credentials. */
const ownNetworks: readonly AddressClass[] = ['loopback', 'private', 'carrier-grade-nat'];

/** Whether a connection to an origin that is trusted so far may end at an address of this class. */
export function mayReach(address: AddressClass, trust: OriginTrust): boolean {
  return address === 'public' || (trust === 'private' && ownNetworks.includes(address));
}
