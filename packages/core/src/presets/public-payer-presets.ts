import type { ProviderPresetInput } from './provider-preset.js';

/** The claims data services of the Centers for Medicare & Medicaid Services. */
export const publicPayerPresets = {
  bcda: {
    title: 'BCDA: Beneficiary Claims Data API (CMS)',
    source:
      'Source text: no Retry-After on a 202; Expires as Go prints a time; 404 for unknown and cancelled alike, 410 for expired; 500 with code exception also for passing faults; 3000 requests in 5 minutes from one address, of which the pace leaves half to those who load the files; files kept for 24 hours. High confidence.',
    gate: { perSecond: 5 },
    retentionHours: 24,
  },
  ab2d: {
    title: 'AB2D: claims data for Part D sponsors (CMS)',
    source:
      'Source text: Retry-After 5, and 429 for a poll less than 5 seconds after the last one of the same job; 404 with code deleted when cancelled; job and files kept for 72 hours, six downloads each. High confidence.',
    retryAfter: { floorSeconds: 5, jobStatuses: [429] },
    cancelled: { codes: ['deleted'] },
    retentionHours: 72,
  },
  dpc: {
    title: 'DPC: Data at the Point of Care (CMS)',
    source:
      'Source text: no Retry-After; 404 as plain text, 410 without a body, 401 for the export of another organisation; Expires after 24 hours. High confidence.',
    retentionHours: 24,
  },
} satisfies Record<string, ProviderPresetInput>;
