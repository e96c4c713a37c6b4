import { ipVersion } from '@bulkwatch/runtime';
import type { Request } from 'express';

/**
 * Whom failures are counted for: the address that a request comes from, by way of the proxies that the settings trust.
 * Of IPv6 it is the first 64 bits, since the rest is for the caller to choose (RFC 4291 section 2.5.4).
 */
export function sourceOf({ ip = '' }: Pick<Request, 'ip'>): string {
  const address = bare(ip);
  const version = ipVersion(address);
  if (version === 4) return address;
  // A proxy can write anything; what is no address is one source.
  if (version !== 6) return 'unknown';
  const parts = partsOf(address);
  return isMapped(parts) ? dotted(parts.slice(6)) : `${parts.slice(0, 4).join(':')}::/64`;
}

/** Without zone, brackets and the port that some proxies add. */
function bare(ip: string): string {
  const [, inBrackets] = /^\[([^\]]*)\](?::\d+)?$/.exec(ip) ?? [];
  const [, beforePort] = /^([\d.]+):\d+$/.exec(ip) ?? [];
  const [address = ''] = (inBrackets ?? beforePort ?? ip).split('%', 1);
  return address;
}

/** The eight parts of an IPv6 address, each in hex without leading zeros. */
function partsOf(address: string): readonly string[] {
  // The parser of URLs spells addresses in one way, IPv4 at the end included.
  const { hostname } = new URL(`http://[${address}]`);
  const [head = '', tail] = hostname.slice(1, -1).split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right];
}

/** An IPv4 address in IPv6 (RFC 4291 section 2.5.5.2), as dual-stack sockets show them. */
const isMapped = (parts: readonly string[]): boolean =>
  parts.slice(0, 6).join(':') === '0:0:0:0:0:ffff';

const dotted = (parts: readonly string[]): string =>
  parts
    .map((part) => Number.parseInt(part, 16))
    .flatMap((part) => [part >> 8, part & 0xff])
    .join('.');
