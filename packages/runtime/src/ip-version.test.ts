import { isIP } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ipVersion } from './ip-version.js';

describe('ipVersion', () => {
  it.each([
    '10.0.0.1',
    '255.255.255.255',
    '256.0.0.1',
    '010.0.0.1',
    '10.1',
    '0x7f.0.0.1',
    '::',
    '::1',
    '2001:DB8::9',
    '::ffff:203.0.113.7',
    '1:2:3:4:5:6:7:8',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    '::1]/[',
    'fffff::1',
    'localhost',
    '',
  ])('judges %s as Node does', (text) => {
    expect(ipVersion(text) ?? 0).toBe(isIP(text));
  });
});
