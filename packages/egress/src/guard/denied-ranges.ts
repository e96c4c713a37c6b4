/** Why an address is not for us; a label of a metric, and what the log says. */
export const deniedClasses = [
  'metadata',
  'loopback',
  'private',
  'carrier-grade-nat',
  'link-local',
  'unspecified',
  'multicast',
  'documentation',
  'reserved',
  'mapped',
  'nat64',
  '6to4',
  'teredo',
  'unreadable',
] as const;
export type DeniedClass = (typeof deniedClasses)[number];

/**
 * Every range that is not the public internet, in CIDR notation. The first that an address lies in names it, so
 * that the narrow ones stand before the wide. IANA's special-purpose registries (RFC 6890), plus the addresses
 * that clouds answer on. What is left of IPv4 is public, and what is left of IPv6 within `publicIpv6`.
 */
export const deniedRanges: readonly (readonly [range: string, word: DeniedClass])[] = [
  // Where clouds hand out credentials to whoever asks: AWS, Azure, Google, Alibaba, Oracle and others.
  ['169.254.169.254/32', 'metadata'],
  ['169.254.170.2/32', 'metadata'],
  ['169.254.170.23/32', 'metadata'],
  ['168.63.129.16/32', 'metadata'],
  ['100.100.100.200/32', 'metadata'],
  ['192.0.0.192/32', 'metadata'],
  ['fd00:ec2::254/128', 'metadata'],
  ['fd00:ec2::23/128', 'metadata'],
  ['fd20:ce::254/128', 'metadata'],

  // Linux takes 0.0.0.0 and :: for itself.
  ['0.0.0.0/8', 'unspecified'],
  ['10.0.0.0/8', 'private'],
  ['100.64.0.0/10', 'carrier-grade-nat'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link-local'],
  ['172.16.0.0/12', 'private'],
  ['192.0.2.0/24', 'documentation'],
  ['192.0.0.0/24', 'reserved'],
  ['192.31.196.0/24', 'reserved'],
  ['192.52.193.0/24', 'reserved'],
  ['192.88.99.0/24', '6to4'],
  ['192.168.0.0/16', 'private'],
  ['192.175.48.0/24', 'reserved'],
  ['198.18.0.0/15', 'reserved'],
  ['198.51.100.0/24', 'documentation'],
  ['203.0.113.0/24', 'documentation'],
  ['224.0.0.0/4', 'multicast'],
  ['240.0.0.0/4', 'reserved'],

  ['::/128', 'unspecified'],
  ['::1/128', 'loopback'],
  // IPv4 in IPv6's clothes: compatible (RFC 4291 section 2.5.5.1), translated (RFC 2765), mapped.
  ['::/96', 'mapped'],
  ['::ffff:0:0:0/96', 'mapped'],
  ['::ffff:0:0/96', 'mapped'],
  ['64:ff9b::/96', 'nat64'],
  ['64:ff9b:1::/48', 'nat64'],
  ['2001::/32', 'teredo'],
  ['2001::/23', 'reserved'],
  ['2001:db8::/32', 'documentation'],
  ['2002::/16', '6to4'],
  ['2620:4f:8000::/48', 'reserved'],
  ['3fff::/20', 'documentation'],
  ['fc00::/7', 'private'],
  ['fe80::/10', 'link-local'],
  ['fec0::/10', 'private'],
  ['ff00::/8', 'multicast'],
];

/** Global unicast, the only part of IPv6 that IANA has given out (RFC 4291 section 2.4). */
export const publicIpv6 = '2000::/3';
