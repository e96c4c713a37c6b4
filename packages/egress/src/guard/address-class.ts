import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { type DeniedClass, deniedRanges, publicIpv6 } from './denied-ranges.js';

/** What an address is to us: part of the public internet, or why it is not. */
export type AddressClass = 'public' | DeniedClass;

/**
 * Classifies an address as sockets and resolvers write it. An address that holds another, as those of NAT64 do,
 * is never public; it is called by the class of the one inside where that is denied too.
 *
 * @param address IPv4 with four decimal parts, or IPv6 without brackets; a zone is not looked at. Anything
 * else is `unreadable`.
 */
export function classifyAddress(address: string): AddressClass {
  if (isIP(address) === 0) return 'unreadable';
  const [withoutZone = ''] = address.split('%', 1);
  return classOf(ipaddr.parse(withoutZone));
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

function classOf(address: Address): AddressClass {
  const word = rangeOf(address);
  const inner = innerAddress(address, word);
  const innerClass = inner === undefined ? 'public' : classOf(inner);
  return innerClass === 'public' ? word : innerClass;
}

const ranges = deniedRanges.map(([range, word]) => ({ range: ipaddr.parseCIDR(range), word }));
const publicRange = ipaddr.IPv6.parseCIDR(publicIpv6);

function rangeOf(address: Address): AddressClass {
  const kind = address.kind();
  const denied = ranges.find(({ range }) => range[0].kind() === kind && address.match(range));
  if (denied) return denied.word;
  return kind === 'ipv4' || address.match(publicRange) ? 'public' : 'reserved';
}

/** The IPv4 address that packets to this one end at. */
function innerAddress(address: Address, word: AddressClass): ipaddr.IPv4 | undefined {
  const bytes = address.toByteArray();
  const inside = bytes.length === 16 ? innerBytes[word] : undefined;
  return inside && new ipaddr.IPv4(inside(bytes));
}

/** Where it stands, for the ways of carrying one that have a fixed place for it. */
const innerBytes: Partial<Record<AddressClass, (bytes: readonly number[]) => number[]>> = {
  mapped: (bytes) => bytes.slice(12),
  nat64: (bytes) => bytes.slice(12),
  '6to4': (bytes) => bytes.slice(2, 6),
  // RFC 4380 section 4: the client's address, each bit turned over.
  teredo: (bytes) => bytes.slice(12).map((byte) => byte ^ 0xff),
};
