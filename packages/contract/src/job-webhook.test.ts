import { describe, expect, it } from 'vitest';
import { wantsType } from './deliverable-types.js';
import { isWebhookSecret, jobWebhookInputSchema, webhookSecretSchema } from './job-webhook.js';

const secretOf = (bytes: number): string => `whsec_${Buffer.alloc(bytes, 0xfb).toString('base64')}`;

describe('a secret of a webhook', () => {
  it.each([24, 25, 26, 32, 63, 64])('may hold %i bytes', (bytes) => {
    expect(isWebhookSecret(secretOf(bytes))).toBe(true);
  });

  it.each([
    ['23 bytes', secretOf(23)],
    ['65 bytes', secretOf(65)],
    ['no prefix', secretOf(24).slice(6)],
    ['the prefix of a key pair', secretOf(24).replace('whsec_', 'whsk_')],
    ['base64url', secretOf(24).replaceAll('+', '-')],
    ['a sign too few', secretOf(24).slice(0, -1)],
    ['padding in the middle', `${secretOf(24).slice(0, 20)}=${secretOf(24).slice(21)}`],
    ['a line break', `${secretOf(24)}\n`],
    ['nothing', ''],
  ])('is not %s', (_what, text) => {
    expect(isWebhookSecret(text)).toBe(false);
  });

  it('may be two, with a blank between, and no more', () => {
    const [one, two] = [secretOf(24), secretOf(64)];
    expect(webhookSecretSchema.safeParse(`${one} ${two}`).success).toBe(true);
    for (const text of [`${one}  ${two}`, `${one} ${two} ${one}`, `${one} `, `${one},${two}`])
      expect(webhookSecretSchema.safeParse(text).success, text).toBe(false);
  });

  it('is not repeated by what is wrong with it', () => {
    const { error } = jobWebhookInputSchema.safeParse({
      url: 'https://a.example',
      secret: 'canary',
    });
    expect(JSON.stringify(error)).toContain('24 to 64 bytes');
    expect(JSON.stringify(error)).not.toContain('canary');
  });
});

describe('the URL of a webhook', () => {
  it.each([
    'hooks.example/a',
    'ftp://hooks.example/a',
    'https://user@hooks.example/a',
    'https://hooks.example/a#b',
    'https://hooks.example/a#',
    'https://hooks.example/a b',
    'https://hooks.example/ä',
    `https://hooks.example/${'a'.repeat(2048)}`,
  ])('is not %s', (url) => {
    expect(jobWebhookInputSchema.safeParse({ url, secret: secretOf(24) }).success).toBe(false);
  });
});

describe('wantsType', () => {
  it('is all export events where no types are named, and only those that are', () => {
    expect(wantsType(null, 'bulkwatch.export.completed')).toBe(true);
    expect(wantsType(undefined, 'bulkwatch.manifest.partial')).toBe(true);
    expect(wantsType(null, 'bulkwatch.webhook.disabled')).toBe(false);
    const types = ['bulkwatch.webhook.disabled'] as const;
    expect(wantsType(types, 'bulkwatch.webhook.disabled')).toBe(true);
    expect(wantsType(types, 'bulkwatch.export.completed')).toBe(false);
  });
});
