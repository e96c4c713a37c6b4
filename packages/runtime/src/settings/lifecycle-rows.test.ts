import { describe, expect, it } from 'vitest';
import { describeSettings } from './describe-settings.js';
import { loadSettings } from './load-settings.js';
import { SettingsError, type SettingsProblem } from './settings-error.js';

const load = (env: Record<string, string>) =>
  loadSettings('worker', { BULKWATCH_PROVIDER_ORIGINS: 'https://ehr.example.org', ...env });

function problemsOf(env: Record<string, string>): readonly SettingsProblem[] {
  try {
    load(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

const hour = 3_600_000;
const day = 24 * hour;

describe('settings of what becomes of settled jobs', () => {
  it('have their defaults', () => {
    expect(load({})).toMatchObject({
      expiringThresholdsMs: [day, 6 * hour, hour],
      retentionJobsMs: 90 * day,
      retentionPollsMs: 30 * day,
      retentionManifestsMs: 90 * day,
    });
  });

  it('take thresholds in any order', () => {
    const settings = load({ BULKWATCH_EXPIRING_THRESHOLDS: '30m, 2h' });
    expect(settings.expiringThresholdsMs).toEqual([hour / 2, 2 * hour]);
  });

  it.each(['', '24h,', '24h;6h', '91d', '0s'])('refuse the thresholds %j', (text) => {
    const problems = problemsOf({ BULKWATCH_EXPIRING_THRESHOLDS: text });
    // An empty text counts as unset.
    expect(problems.map(({ env }) => env)).toEqual(
      text === '' ? [] : ['BULKWATCH_EXPIRING_THRESHOLDS'],
    );
  });

  it.each(['never', '0'])('keep for ever what says %s, and say so at the start', (text) => {
    const settings = load({ BULKWATCH_RETENTION_JOBS: text });
    expect(settings.retentionJobsMs).toBe(Number.POSITIVE_INFINITY);
    expect(describeSettings(settings)['retentionJobsMs']).toBe('never');
  });

  it.each(['59m', '1', 'forever', '-1d'])('refuse the retention %j', (text) => {
    expect(problemsOf({ BULKWATCH_RETENTION_POLLS: text })).toHaveLength(1);
  });

  it('let nothing of a job be kept longer than the job', () => {
    expect(problemsOf({ BULKWATCH_RETENTION_JOBS: '20d' }).map(({ env }) => env)).toEqual([
      'BULKWATCH_RETENTION_POLLS',
      'BULKWATCH_RETENTION_MANIFESTS',
    ]);
    expect(problemsOf({ BULKWATCH_RETENTION_MANIFESTS: 'never' })).toHaveLength(1);
    const all = { BULKWATCH_RETENTION_POLLS: 'never', BULKWATCH_RETENTION_MANIFESTS: 'never' };
    expect(problemsOf({ ...all, BULKWATCH_RETENTION_JOBS: 'never' })).toEqual([]);
  });
});
