import { parsePresetsFile } from '@bulkwatch/core';

const file = {
  presets: {
    'our-millennium': {
      extends: 'oracle-millennium',
      title: 'Millennium of our region, which asks for patience',
      retryAfter: { floorSeconds: 60, defaultSeconds: 900 },
    },
    'warehouse-extract': {
      title: 'Extracts of our data warehouse',
      protocol: 'status-field',
      accept: 'application/json',
      retryAfter: { floorSeconds: 10, jobStatuses: [429] },
      gate: { concurrency: 4, perSecond: 2, burst: 4 },
      stallAfterHours: 6,
      deadlineDays: 3,
      retentionHours: 48,
      options: {
        status: ['/extract/state'],
        values: { finished: 'complete', broken: 'failed', stopped: 'cancelled' },
        detail: ['/extract/problem'],
        progress: ['/extract/done'],
        output: ['/extract/files'],
        cancel: { method: 'POST', suffix: '/stop', body: { reason: 'no longer wanted' } },
      },
    },
  },
};

/** A file of presets as its JSON text, proven to be one: throws when the schemas have moved on. */
export function examplePresets() {
  const text = JSON.stringify(file, null, 2);
  const { presets, faults } = parsePresetsFile(text);
  if (faults.length > 0 || presets.size === 0)
    throw new Error(`the example has faults: ${JSON.stringify(faults)}`);
  return text;
}
