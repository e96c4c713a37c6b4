import { describe, expect, it } from 'vitest';
import { mintApiKey, readApiKey } from './api-key-text.js';

describe('mintApiKey', () => {
  it('makes a text that proves the same, and no other does', () => {
    const { text, keyId, digest } = mintApiKey();

    expect(readApiKey(text.reveal())).toEqual({ keyId, digest });
    expect(text.reveal()).toMatch(/^bwk_[0-9a-f]{16}_[\w-]{43}$/);
    expect(mintApiKey().keyId).not.toBe(keyId);
  });

  it('makes digests of one length, which can be compared in constant time', () => {
    expect(mintApiKey().digest).toHaveLength(32);
  });
});

describe('readApiKey', () => {
  const good = mintApiKey().text.reveal();

  it.each([
    '',
    'bwk_',
    good.slice(1),
    good.slice(0, -1),
    `${good}A`,
    `${good}\n`,
    ` ${good}`,
    good.toUpperCase(),
    good.replace(/_(?=[^_]*$)/, '*'),
    `bwk_${'../'.repeat(8)}_${'A'.repeat(43)}`,
  ])('passes over %j', (text) => {
    expect(readApiKey(text)).toBeUndefined();
  });
});
