import { describe, expect, it } from 'vitest';
import { loadSettings } from './load-settings.js';
import { SettingsError } from './settings-error.js';

const enough = { BULKWATCH_PROVIDER_ORIGINS: 'https://ehr.example.org' };

function problemsOf(env: Record<string, string>): string[] {
  try {
    loadSettings('worker', { ...enough, ...env });
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems.map((problem) => problem.env);
    throw error;
  }
}

describe('the settings of webhooks', () => {
  it('allow none by themselves, and try again for three days', () => {
    const settings = loadSettings('worker', enough);
    expect(settings).not.toHaveProperty('webhookOrigins');
    expect(settings.webhookRetryDelaysMs).toHaveLength(9);
    const lastingMs = settings.webhookRetryDelaysMs.reduce((sum, delayMs) => sum + delayMs, 0);
    expect(lastingMs / 86_400_000).toBeCloseTo(3.15, 1);
  });

  it('take delays with blanks between', () => {
    const { webhookRetryDelaysMs } = loadSettings('worker', {
      ...enough,
      BULKWATCH_WEBHOOK_RETRIES: '1s, 2m,3h',
    });
    expect(webhookRetryDelaysMs).toEqual([1_000, 120_000, 10_800_000]);
  });

  it.each([
    ['BULKWATCH_WEBHOOK_RETRIES', '5s,,5m'],
    ['BULKWATCH_WEBHOOK_RETRIES', '5s,8d'],
    ['BULKWATCH_WEBHOOK_RETRIES', '5'],
    ['BULKWATCH_WEBHOOK_RETRIES', Array(31).fill('1s').join(',')],
    ['BULKWATCH_WEBHOOK_TIMEOUT', '31s'],
    ['BULKWATCH_WEBHOOK_ORIGINS', 'http://hooks.example.org'],
    ['BULKWATCH_WEBHOOK_ORIGINS', 'https://hooks.example.org/path'],
    ['BULKWATCH_WEBHOOK_LOG_RETENTION', '3d'],
  ])('refuse %s=%s', (env, value) => {
    expect(problemsOf({ [env]: value })).toEqual([env]);
  });

  it('keep deliveries for at least as long as they are tried', () => {
    const short = { BULKWATCH_WEBHOOK_LOG_RETENTION: '1h' };
    expect(problemsOf({ ...short, BULKWATCH_WEBHOOK_RETRIES: '50m' })).toEqual([]);
    expect(problemsOf({ ...short, BULKWATCH_WEBHOOK_RETRIES: '50m,10m' })).toEqual([
      'BULKWATCH_WEBHOOK_LOG_RETENTION',
    ]);
  });
});
