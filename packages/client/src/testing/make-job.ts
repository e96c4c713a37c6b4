import type { Job } from '@bulkwatch/contract';

/** When everything of what is made up here began. */
export const beganAt = '2026-01-01T08:00:00.000Z';

let jobs = 0;

/** An id as jobs have them: those that are made later sort behind. */
export function makeJobId(): string {
  jobs += 1;
  return `019b7f00-0000-7000-8000-${String(jobs).padStart(12, '0')}`;
}

/** A job as the api shows it: one that was just registered, but for what is given. */
export function makeJob(members: Partial<Job> = {}): Job {
  const id = members.id ?? makeJobId();
  const statusUrl = members.statusUrl ?? `https://ehr.example.org/bulk-export/jobs/${id}`;
  return {
    id,
    statusUrl,
    protocol: 'fhir-bulk',
    preset: null,
    provider: new URL(statusUrl).origin,
    state: 'registered',
    health: 'ok',
    healthSince: beganAt,
    progress: null,
    progressPercent: null,
    etaAt: null,
    etaBasis: null,
    pollCount: 0,
    registeredAt: beganAt,
    kickedOffAt: null,
    lastPolledAt: null,
    dueAt: beganAt,
    heldBy: null,
    pausedBy: null,
    deadlineAt: '2026-01-31T08:00:00.000Z',
    settledAt: null,
    cancelRequestedAt: null,
    reason: null,
    detail: null,
    expiresAt: null,
    expiryAssumed: false,
    expiredAt: null,
    requestId: null,
    credential: null,
    labels: {},
    reference: null,
    manifest: null,
    manifestVersion: null,
    manifestRemovedAt: null,
    refreshUntil: null,
    refreshReason: null,
    acknowledgements: [],
    acknowledgedAt: null,
    requiredSubscribers: [],
    deleteOnAcknowledge: false,
    deletedAtProviderAt: null,
    deleteReason: null,
    webhook: null,
    ...members,
  };
}
