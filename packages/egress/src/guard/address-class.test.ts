import { BlockList, isIPv4 } from 'node:net';
import { hostileAddresses } from '@bulkwatch/testkit';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { classifyAddress } from './address-class.js';
import { deniedRanges } from './denied-ranges.js';

const listed = Object.entries(hostileAddresses).flatMap(([word, addresses]) =>
  addresses.map((address) => [address, word] as const),
);

describe('classifyAddress', () => {
  it.each(listed)('calls %s %s', (address, word) => {
    expect(classifyAddress(address)).toBe(word);
  });

  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '168.63.129.15',
    '169.253.255.255',
    '172.15.255.255',
    '172.32.0.0',
    '192.0.1.0',
    '192.167.255.255',
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
    '2001:200::1',
    '2001:4860:4860::8888',
    '2606:4700::1111',
    '2a00:1450:4001::1',
    '3ffe::1',
  ])('calls %s public', (address) => {
    expect(classifyAddress(address)).toBe('public');
  });

  it.each([
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:a9fe:a9fe', 'metadata'],
    ['::10.0.0.1', 'private'],
    ['::ffff:0:192.168.0.1', 'private'],
    ['64:ff9b::169.254.169.254', 'metadata'],
    ['64:ff9b:1::7f00:1', 'loopback'],
    ['2002:7f00:1::', 'loopback'],
    ['2002:a9fe:a9fe::1', 'metadata'],
    ['2001:0:808:808::f5ff:fffe', 'private'],
  ])('calls %s by what is inside: %s', (address, word) => {
    expect(classifyAddress(address)).toBe(word);
  });

  it.each([
    ['fe80::1%eth0', 'link-local'],
    ['::1%0', 'loopback'],
  ])('does not look at the zone of %s', (address, word) => {
    expect(classifyAddress(address)).toBe(word);
  });

  it.each([
    '',
    'localhost',
    '127.1',
    '0x7f.0.0.1',
    '0177.0.0.1',
    '2130706433',
    '[::1]',
    '127.0.0.1.',
    ' 127.0.0.1',
    '127.0.0.1/8',
    '1.2.3.4:80',
    '::1::',
    '%',
  ])('takes nothing but addresses as they are written in full: %j', (text) => {
    expect(classifyAddress(text)).toBe('unreadable');
  });
});

describe('any address', () => {
  // One list for each family: node finds every IPv4 address in ::ffff:0:0/96.
  const denied = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const [range] of deniedRanges) {
    const [address = '', bits] = range.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    denied[family].addSubnet(address, Number(bits), family);
  }
  const publicIpv6 = new BlockList();
  publicIpv6.addSubnet('2000::', 3, 'ipv6');

  const anyIpv4 = fc.ipV4();
  const anyIpv6 = fc.ipV6();
  /** Close to the edges of the ranges, where mistakes are. */
  const atAnEdge = fc
    .tuple(fc.constantFrom(...deniedRanges), fc.constantFrom('first', 'last', 'before', 'after'))
    .map(([[range], place]) => addressAt(range, place));

  it('is judged by the table as node would judge it', () => {
    fc.assert(
      fc.property(fc.oneof(anyIpv4, anyIpv6, atAnEdge), (address) => {
        const isDenied = isIPv4(address)
          ? denied.ipv4.check(address, 'ipv4')
          : denied.ipv6.check(address, 'ipv6') || !publicIpv6.check(address, 'ipv6');
        expect(classifyAddress(address) !== 'public').toBe(isDenied);
      }),
      { numRuns: 5_000 },
    );
  });

  it('is public only where ipaddr.js knows of nothing special either', () => {
    fc.assert(
      fc.property(fc.oneof(anyIpv4, anyIpv6, atAnEdge), (address) => {
        fc.pre(classifyAddress(address) === 'public');
        expect(ipaddr.parse(address).range()).toBe('unicast');
      }),
      { numRuns: 5_000 },
    );
  });

  it('is no more public inside of an IPv6 address than by itself', () => {
    fc.assert(
      fc.property(fc.oneof(anyIpv4, atAnEdge.filter(isIPv4)), (address) => {
        const word = classifyAddress(address);
        for (const prefix of ['::ffff:', '64:ff9b::', '::ffff:0:'])
          expect(classifyAddress(`${prefix}${address}`)).toBe(
            word === 'public' ? (prefix === '64:ff9b::' ? 'nat64' : 'mapped') : word,
          );
      }),
    );
  });
});

function addressAt(range: string, place: string): string {
  const [network, bits] = ipaddr.parseCIDR(range);
  const bytes = network.toByteArray();
  const size = 1n << BigInt(bytes.length * 8 - bits);
  const first = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const all = 1n << BigInt(bytes.length * 8);
  const offsets: Record<string, bigint> = { first: 0n, last: size - 1n, before: -1n, after: size };
  const chosen = (first + (offsets[place] ?? 0n) + all) % all;
  const places = bytes.map((_, index) => BigInt(bytes.length - 1 - index) * 8n);
  return ipaddr.fromByteArray(places.map((shift) => Number((chosen >> shift) & 255n))).toString();
}
