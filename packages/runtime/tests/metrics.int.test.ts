import { spawnSync } from 'node:child_process';
import { createMetrics, serviceNames } from '@bulkwatch/runtime';
import { describe, expect, it } from 'vitest';

const labelValues = {
  reason: ['timed-out', 'provider-error'],
  state: ['registered', 'completed'],
  event: ['completed'],
  anomaly: ['expires-unreadable'],
  health: ['ok'],
  hold: ['pace'],
  action: ['pause'],
  scoredOutcome: ['in-progress'],
};

describe('the exposed metrics', () => {
  it.each(serviceNames)('of the %s pass promtool', async (service) => {
    const exposed = await createMetrics({ service, labelValues }).registry.metrics();

    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: exposed,
      encoding: 'utf8',
    });

    expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' });
    expect(exposed).toContain('process_cpu_seconds_total');
  });
});
