import type { Job } from '@bulkwatch/contract';
import { maskUrl } from '@bulkwatch/runtime';
import type { JobRecord } from './job-store.js';

const iso = (instant: number): string => new Date(instant).toISOString();
const isoOrNull = (instant: number | undefined): string | null =>
  instant === undefined ? null : iso(instant);

/** A tracked job as the API and the events show it: its status URL masked, whoever asks. */
export function presentJob(record: JobRecord): Job {
  return {
    id: record.id,
    statusUrl: maskUrl(record.statusUrl),
    protocol: record.protocol,
    preset: record.preset ?? null,
    provider: record.provider,
    state: record.state,
    health: record.health,
    progress: record.progress ?? null,
    progressPercent: record.progressPercent ?? null,
    pollCount: record.pollCount,
    registeredAt: iso(record.registeredAt),
    kickedOffAt: isoOrNull(record.kickedOffAt),
    lastPolledAt: isoOrNull(record.lastPolledAt),
    dueAt: isoOrNull(record.dueAt),
    deadlineAt: iso(record.deadlineAt),
    settledAt: isoOrNull(record.settledAt),
    cancelRequestedAt: isoOrNull(record.cancelRequestedAt),
    reason: record.reason ?? null,
    detail: record.detail ?? null,
    expiresAt: isoOrNull(record.expiresAt),
    expiryAssumed: record.expiryAssumed,
    requestId: record.requestId ?? null,
    credential: record.credential ?? null,
    labels: record.labels,
    reference: record.reference ?? null,
    manifest: record.manifest ?? null,
  };
}
