import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { describeSettings, describeValue } from './describe-settings.js';
import { loadSettings } from './load-settings.js';

const env = {
  BULKWATCH_PROVIDER_ORIGINS: 'https://ehr.example.org',
  BULKWATCH_REDIS_URL: 'redis://:canary@redis.example',
  BULKWATCH_PROVIDER_PRESETS: 'https://ehr.example.org=hapi',
};

describe('describeSettings', () => {
  it('shows what the service reads, and that a secret is set', () => {
    const described = describeSettings(loadSettings('worker', env));

    expect(described).toMatchObject({
      redisUrl: '[secret]',
      providerOrigins: ['https://ehr.example.org'],
      providerPresets: { 'https://ehr.example.org': 'hapi' },
      workerConcurrency: 100,
    });
    expect(described).not.toHaveProperty('apiPort');
    expect(described).not.toHaveProperty('credentialsFile');
  });
});

describe('describeValue', () => {
  it('masks what a URL may hold besides where it leads', () => {
    expect(describeValue('https://me:canary@issuer.example/keys?code=canary')).toBe(
      'https://issuer.example/keys?…',
    );
    expect(describeValue('https://issuer.example')).toBe('https://issuer.example');
    expect(describeValue('/etc/keys?')).toBe('/etc/keys?');
  });
});

describe('Secret', () => {
  it('shows itself in no usual way of printing', () => {
    const settings = loadSettings('api', env);
    const { redisUrl } = settings;

    const shown = [
      `${redisUrl}`,
      JSON.stringify(settings),
      inspect(settings, { depth: 9, showHidden: true }),
      String(Object.entries(redisUrl)),
    ];

    for (const text of shown) expect(text).not.toContain('canary');
    expect(redisUrl.reveal()).toContain('canary');
  });
});
