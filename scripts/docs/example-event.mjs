import { exportEventSchema } from '@bulkwatch/contract';

const jobId = '0197f3a2-6c1e-7b54-9a0d-3f2b8c51d7e4';

const manifest = {
  transactionTime: '2026-03-02T09:11:14.000Z',
  request: 'https://ehr.example.org/r4/tenant-1/Group/42/$export?_type=Patient,Observation',
  requiresAccessToken: true,
  output: [
    { type: 'Patient', url: 'https://ehr.example.org/files/8d2c0f6e/1', count: 812 },
    { type: 'Observation', url: 'https://ehr.example.org/files/8d2c0f6e/2', count: 20481 },
  ],
  error: [],
};

/** A completion as a subscriber gets it. */
const completed = {
  specversion: '1.0',
  id: `${jobId}.completed.1`,
  source: '/bulkwatch/tenants/default',
  type: 'bulkwatch.export.completed',
  subject: jobId,
  time: '2026-03-02T09:41:17.204Z',
  datacontenttype: 'application/json',
  data: {
    job: {
      id: jobId,
      statusUrl: 'https://ehr.example.org/r4/tenant-1/bulk-export/jobs/8d2c0f6e',
      protocol: 'fhir-bulk',
      preset: null,
      provider: 'https://ehr.example.org',
      state: 'completed',
      health: 'ok',
      healthSince: '2026-03-02T09:11:14.870Z',
      progress: 'in-progress',
      progressPercent: null,
      etaAt: null,
      etaBasis: null,
      pollCount: 4,
      registeredAt: '2026-03-02T09:11:14.870Z',
      kickedOffAt: '2026-03-02T09:11:14.000Z',
      lastPolledAt: '2026-03-02T09:41:17.020Z',
      dueAt: null,
      heldBy: null,
      pausedBy: null,
      deadlineAt: '2026-04-01T09:11:14.870Z',
      settledAt: '2026-03-02T09:41:17.204Z',
      cancelRequestedAt: null,
      reason: null,
      detail: null,
      expiresAt: '2026-03-09T09:41:17.000Z',
      expiryAssumed: false,
      expiredAt: null,
      requestId: '/4F5D2A9C/1B7E',
      credential: 'ehr-example',
      labels: { pipeline: 'nightly' },
      reference: 'load-2026-03-02',
      manifest: {
        outputCount: 2,
        errorCount: 0,
        transactionTime: manifest.transactionTime,
        bytes: Buffer.byteLength(JSON.stringify(manifest)),
      },
      manifestRemovedAt: null,
      manifestVersion: 1,
      refreshUntil: null,
      refreshReason: null,
      acknowledgements: [],
      acknowledgedAt: null,
      requiredSubscribers: ['loader'],
      deleteOnAcknowledge: true,
      deletedAtProviderAt: null,
      deleteReason: null,
      webhook: null,
    },
    manifest,
  },
};

/** The example, proven to be an event: throws when the contract has moved on. */
export function exampleEvent() {
  return exportEventSchema.parse(completed);
}
