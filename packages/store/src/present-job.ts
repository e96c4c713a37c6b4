import type { Job, PollHealth } from '@bulkwatch/contract';
import { type EstimatedEnd, type ExportHistory, estimateEnd } from '@bulkwatch/core';
import { maskUrl } from '@bulkwatch/runtime';
import { present } from './job-record.js';
import type { JobRecord } from './job-store.js';

const iso = (instant: number): string => new Date(instant).toISOString();
const isoOrNull = (instant: number | undefined): string | null =>
  instant === undefined ? null : iso(instant);

/** What an estimate of the end rests on besides the job. */
export interface EstimateBasis {
  /** Epoch ms. */
  readonly now: number;
  /** Of the job's provider, where it is known. */
  readonly history?: ExportHistory | undefined;
}

/**
 * A tracked job as the API and the events show it: its status URL masked, whoever asks. Without a basis its end is
 * not estimated.
 */
export function presentJob(record: JobRecord, basis?: EstimateBasis): Job {
  const estimate = basis && estimateOf(record, basis);
  return {
    id: record.id,
    statusUrl: maskUrl(record.statusUrl),
    protocol: record.protocol,
    preset: record.preset ?? null,
    provider: record.provider,
    state: record.state,
    health: healthOf(record),
    healthSince: isoOrNull(healthSince(record)),
    progress: record.progress ?? null,
    progressPercent: record.progressPercent ?? null,
    etaAt: isoOrNull(estimate?.etaAt),
    etaBasis: estimate?.basis ?? null,
    pollCount: record.pollCount,
    registeredAt: iso(record.registeredAt),
    kickedOffAt: isoOrNull(record.kickedOffAt),
    lastPolledAt: isoOrNull(record.lastPolledAt),
    dueAt: isoOrNull(record.dueAt),
    heldBy: record.heldBy ?? null,
    pausedBy: record.pausedBy ?? null,
    deadlineAt: iso(record.deadlineAt),
    settledAt: isoOrNull(record.settledAt),
    cancelRequestedAt: isoOrNull(record.cancelRequestedAt),
    reason: record.reason ?? null,
    detail: record.detail ?? null,
    expiresAt: isoOrNull(record.expiresAt),
    expiryAssumed: record.expiryAssumed,
    expiredAt: isoOrNull(record.expiryToldMs === 0 ? record.expiresAt : undefined),
    requestId: record.requestId ?? null,
    credential: record.credential ?? null,
    labels: record.labels,
    reference: record.reference ?? null,
    manifest: record.manifest ?? null,
    refreshUntil: isoOrNull(record.refreshUntil),
    refreshReason: record.refreshReason ?? null,
    manifestRemovedAt: isoOrNull(record.manifestRemovedAt),
    ...presentAcknowledgement(record),
    manifestVersion: record.manifest ? (record.manifestVersion ?? 1) : null,
    webhook: record.webhook ?? null,
  };
}

const presentAcknowledgement = (record: JobRecord) => ({
  acknowledgements: (record.acknowledgements ?? []).map(({ subscriber, at }) => ({
    subscriber,
    at: iso(at),
  })),
  acknowledgedAt: isoOrNull(record.acknowledgedAt),
  requiredSubscribers: [...(record.requiredSubscribers ?? [])],
  deleteOnAcknowledge: record.deleteOnAcknowledge ?? false,
  deletedAtProviderAt: isoOrNull(record.deletedAtProviderAt),
  deleteReason: record.deleteReason ?? null,
});

/** The health that is shown: an operator's pause hides what the last poll left. */
export const healthOf = ({ health, pausedAt }: JobRecord): PollHealth =>
  pausedAt === undefined ? health : 'paused';

/** A job is `ok` from its registration on; of a record from before health was dated, nothing else is known. */
const healthSince = ({ pausedAt, healthSince: changedAt, ...record }: JobRecord) =>
  pausedAt ?? changedAt ?? (record.health === 'ok' ? record.registeredAt : undefined);

function estimateOf(record: JobRecord, { now, history }: EstimateBasis): EstimatedEnd | undefined {
  if (record.settledAt !== undefined) return undefined;
  const { progressPercent, movedAt, percentFrom, percentFromAt, stalledAt } = record;
  const startedAt = record.kickedOffAt ?? record.registeredAt;
  const movement = { progressPercent, movedAt, percentFrom, percentFromAt, stalledAt, history };
  return estimateEnd({ ...present(movement), startedAt, now });
}
