/**
 * Where a hostile URL may try to lead, in every spelling that URL parsers understand. The ideas are those of the
 * public lists (PayloadsAllTheThings, smokescreen, svix, AntiSSRF); the entries are our own.
 */

/** A text that may or may not be a URL, and that must lead nowhere. */
export interface HostileUrl {
  readonly text: string;
  /** What it tries. */
  readonly what: string;
}

/** Addresses that are never to be reached, by the class of each; IPv6 without brackets. */
export const hostileAddresses = {
  metadata: [
    '169.254.169.254',
    '169.254.170.2',
    '169.254.170.23',
    '168.63.129.16',
    '100.100.100.200',
    '192.0.0.192',
    'fd00:ec2::254',
    'fd00:0ec2:0:0:0:0:0:254',
    'fd00:ec2::23',
    'fd20:ce::254',
  ],
  loopback: ['127.0.0.1', '127.0.0.77', '127.1.2.3', '127.255.255.254', '::1', '0:0:0:0:0:0:0:1'],
  private: [
    '10.0.0.0',
    '10.0.0.5',
    '10.255.255.255',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '192.168.255.255',
    'fc00::1',
    'fd12:3456:789a::1',
    'fec0::1',
    'feff::1',
  ],
  'carrier-grade-nat': ['100.64.0.1', '100.100.0.1', '100.127.255.255'],
  'link-local': ['169.254.0.1', '169.254.169.253', '169.254.255.255', 'fe80::1', 'febf::1'],
  unspecified: ['0.0.0.0', '0.0.0.1', '0.255.255.255', '::', '0:0:0:0:0:0:0:0'],
  multicast: ['224.0.0.1', '239.255.255.255', 'ff02::1', 'ff0e::1', 'ff00::'],
  documentation: [
    '192.0.2.1',
    '198.51.100.7',
    '203.0.113.9',
    '2001:db8::1',
    '3fff::1',
    '3fff:fff::1',
  ],
  reserved: [
    '192.0.0.1',
    '192.0.0.170',
    '192.31.196.1',
    '192.52.193.1',
    '192.175.48.1',
    '198.18.0.1',
    '198.19.255.255',
    '240.0.0.1',
    '255.255.255.255',
    '100::1',
    '100:0:0:1::1',
    '2001:2::1',
    '2001:3::1',
    '2001:4:112::1',
    '2001:10::1',
    '2001:20::1',
    '2001:1ff::1',
    '2620:4f:8000::1',
    '5f00::1',
    '4000::1',
    '8000::1',
    'e000::1',
    '64:ff9b:2::1',
    '1::1',
  ],
  '6to4': ['192.88.99.1', '2002:808:808::1'],
  teredo: ['2001:0:808:808::f7f7:f7f7'],
  nat64: ['64:ff9b::8.8.8.8', '64:ff9b::808:808', '64:ff9b:1::808:808'],
  mapped: ['::ffff:8.8.8.8', '::ffff:0:8.8.8.8', '::8.8.8.8', '::808:808'],
} as const;

/** IPv4 addresses whose spellings are worth all the trouble. */
const targets = ['127.0.0.77', '169.254.169.254', '10.0.0.5', '192.168.1.1', '172.16.0.1'];

/** One IPv4 address as the host of a URL, in every notation that ends up at it, by name of the notation. */
export function spellingsOfIpv4(address: string): Record<string, string> {
  const bytes = address.split('.').map(Number);
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  const number = ((a * 256 + b) * 256 + c) * 256 + d;
  const hex = (value: number): string => value.toString(16);
  const [high, low] = [hex(a * 256 + b), hex(c * 256 + d)];
  const inverted = [hex((a * 256 + b) ^ 0xffff), hex((c * 256 + d) ^ 0xffff)].join(':');
  return {
    dotted: address,
    'trailing dot': `${address}.`,
    decimal: `${number}`,
    hex: `0x${hex(number)}`,
    'hex in capitals': `0X${hex(number).toUpperCase()}`,
    octal: `0${number.toString(8)}`,
    'dotted hex': bytes.map((byte) => `0x${hex(byte)}`).join('.'),
    'dotted octal': bytes.map((byte) => `0${byte.toString(8)}`).join('.'),
    'padded octal': bytes.map((byte) => `0000${byte.toString(8)}`).join('.'),
    'padded hex': bytes.map((byte) => `0x0000${hex(byte)}`).join('.'),
    'mixed bases': `0x${hex(a)}.0${b.toString(8)}.${c}.${d}`,
    'three parts': `${a}.${b}.${c * 256 + d}`,
    'two parts': `${a}.${(b * 256 + c) * 256 + d}`,
    'two parts, hex': `0x${hex(a)}.0x${hex((b * 256 + c) * 256 + d)}`,
    'full-width digits': address.replace(/./g, fullWidth),
    'ideographic full stops': address.replaceAll('.', '。'),
    'half-width full stops': address.replaceAll('.', '｡'),
    'mathematical digits': address.replace(/\d/g, (sign) => String.fromCodePoint(0x1d7ce + +sign)),
    'enclosed digits': address.replace(/[1-9]/g, (sign) => String.fromCodePoint(0x245f + +sign)),
    'percent-encoded': address.replace(/./g, (sign) => `%${hex(sign.charCodeAt(0))}`),
    'percent-encoded dots': address.replaceAll('.', '%2e'),
    'soft hyphen': address.replace('.', '\u00AD.'),
    'zero-width space': address.replace('.', '\u200B.'),
    mapped: `[::ffff:${address}]`,
    'mapped, hex': `[::ffff:${high}:${low}]`,
    'mapped, long': `[0:0:0:0:0:ffff:${high}:${low}]`,
    'mapped, capitals': `[::FFFF:${high.toUpperCase()}:${low.toUpperCase()}]`,
    translated: `[::ffff:0:${high}:${low}]`,
    compatible: `[::${address}]`,
    nat64: `[64:ff9b::${address}]`,
    'nat64, local': `[64:ff9b:1::${high}:${low}]`,
    '6to4': `[2002:${high}:${low}::]`,
    '6to4, with a host': `[2002:${high}:${low}::1]`,
    teredo: `[2001:0:808:808:0:0:${inverted}]`,
    'with a zone': `[fe80::${high}:${low}%25eth0]`,
  };
}

const fullWidth = (sign: string): string => String.fromCodePoint(sign.charCodeAt(0) + 0xfee0);

/** Names of the machine itself and of its network, and names that are no names. */
const names = [
  'localhost',
  'LOCALHOST',
  'localhost.',
  'ip6-localhost',
  'ip6-loopback',
  'metadata',
  'kubernetes',
  'redis',
  'intranet',
  'metadata.google.internal.',
  'evil.example.',
  'evil.example..',
  '.evil.example',
  'evil..example',
  '。localhost',
  'ｌｏｃａｌｈｏｓｔ',
  'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ',
  'loc\u00ADalhost',
  '%6cocalhost',
];

/** Tricks with all that surrounds a host; `HOST` is the forbidden one, with its port. */
const tricks: Readonly<Record<string, string>> = {
  'another scheme: http': 'http://HOST/',
  'another scheme: ftp': 'ftp://HOST/',
  'another scheme: ws': 'ws://HOST/',
  'another scheme: wss': 'wss://HOST/',
  'another scheme: gopher': 'gopher://HOST/_INFO',
  'another scheme: dict': 'dict://HOST/info',
  'another scheme: ldap': 'ldap://HOST/',
  'another scheme: tftp': 'tftp://HOST/x',
  'another scheme: file': 'file:///etc/passwd',
  'a file with a host': 'file://HOST/etc/passwd',
  'another scheme: data': 'data:application/json,{}',
  'another scheme: javascript': 'javascript:location="https://HOST/"',
  'another scheme: blob': 'blob:https://HOST/1',
  'another scheme: unix': 'unix:/var/run/docker.sock',
  'another scheme: jar': 'jar:https://HOST!/',
  'a scheme in capitals': 'HTTPS://HOST/',
  'a view of the source': 'view-source:https://HOST/',
  'no scheme': '//HOST/',
  'no slashes': 'https:HOST/',
  'one slash': 'https:/HOST/',
  'three slashes': 'https:///HOST/',
  'many slashes': 'https://////HOST/',
  backslashes: 'https:\\\\HOST\\',
  'slash and backslash': 'https:/\\HOST/',
  'user-info that looks like a host': 'https://public.example@HOST/',
  'user-info with a password': 'https://public.example:443@HOST/',
  'user-info twice': 'https://public.example@public.example@HOST/',
  'user-info, encoded': 'https://public.example%40@HOST/',
  'empty user-info': 'https://@HOST/',
  'empty user and password': 'https://:@HOST/',
  'user-info after a backslash': 'https://HOST\\@public.example/',
  'user-info after a slash': 'https://HOST/@public.example/',
  'user-info after a hash': 'https://HOST#@public.example/',
  'user-info after a question mark': 'https://HOST?@public.example/',
  'user-info after an encoded hash': 'https://public.example%23@HOST/',
  'a tab in the scheme': 'ht\ttps://HOST/',
  'a tab in the host': 'https://\tHOST/',
  'a line feed in the host': 'https://\nHOST/',
  'a carriage return in the slashes': 'https:/\r/HOST/',
  'a blank in front': ' https://HOST/',
  'a blank behind': 'https://HOST/ ',
  'a control character in front': '\u0001https://HOST/',
  'a null in the host': 'https://public.example\0.HOST/',
  'an encoded null in the host': 'https://HOST%00.public.example/',
  'an encoded slash in the host': 'https://HOST%2f.public.example/',
  'a line break in the path': 'https://HOST/a\r\nX-Injected: yes',
  'an encoded line break in the path': 'https://HOST/%0d%0aX-Injected:%20yes',
  'a fragment': 'https://HOST/#public.example',
  'a path of dots': 'https://HOST/public.example/../..',
};

/** Every URL of the table, at this port of the forbidden address `127.0.0.77`. */
export function hostileUrls(port: number): HostileUrl[] {
  const at = (host: string, what: string): HostileUrl => ({
    text: `https://${host}:${port}/jobs/1`,
    what,
  });
  const addresses = Object.entries(hostileAddresses).flatMap(([word, list]) =>
    list.map((address) => at(address.includes(':') ? `[${address}]` : address, word)),
  );
  const spellings = targets.flatMap((target) =>
    Object.entries(spellingsOfIpv4(target)).map(([name, host]) => at(host, `${target}, ${name}`)),
  );
  const others = Object.entries(tricks).map(([what, text]) => ({
    text: text.replaceAll('HOST', `127.0.0.77:${port}`),
    what,
  }));
  return [...addresses, ...spellings, ...names.map((name) => at(name, 'a name')), ...others];
}
