import type { PollHealth, Reason } from '@bulkwatch/contract';
import { readPollMemory } from '@bulkwatch/core';
import type { ScriptReply } from './define-script.js';
import { numberOf, present } from './job-record.js';
import type { ClaimedJob } from './job-store.js';
import type { Sealer } from './seal.js';
import { openField, type SealedRecord } from './sealed-fields.js';

/** The fields that `claim-poll.lua` gives of a claimed job, in its order. */
const claimedFields = [
  'tenant',
  'statusUrl',
  'protocol',
  'provider',
  'credential',
  'sealedToken',
  'state',
  'progress',
  'deadlineAt',
  'failureCount',
  'failingSince',
  'backoffCount',
  'suspectReason',
  'suspectCount',
  'cancelRequestedAt',
  'preset',
  'health',
  'memory',
  'sealedStatusUrl',
  'urlFingerprint',
  'retryAfterMs',
  'reason',
  'progressPercent',
  'movedAt',
  'stalledAt',
  'percentFrom',
  'percentFromAt',
  'retryAfterUntil',
  'refreshUntil',
  'manifestVersion',
] as const;
type ClaimedFields = Readonly<Partial<Record<(typeof claimedFields)[number], string>>>;

/** Reads the values of a claimed job, and opens what is sealed. */
export function claimedJob(
  sealer: Sealer | undefined,
  jobId: string,
  values: ScriptReply,
): ClaimedJob {
  const fields = present(
    Object.fromEntries(claimedFields.map((name, index) => [name, values[index]?.toString()])),
  ) as ClaimedFields;
  const { tenant = '', provider = '' } = fields;
  const refresh = refreshOf(fields);
  return {
    ...openRecord(sealer, { tenant, jobId, provider }, fields),
    tenant,
    provider,
    protocol: fields.protocol ?? '',
    // A completed job is claimed only for a refresh, which goes on like an export.
    state: fields.state === 'registered' ? 'registered' : 'in-progress',
    deadlineAt: refresh?.until ?? numberOf(fields.deadlineAt) ?? 0,
    failureCount: numberOf(fields.failureCount) ?? 0,
    backoffCount: numberOf(fields.backoffCount) ?? 0,
    suspectCount: numberOf(fields.suspectCount) ?? 0,
    ...present({
      urlFingerprint: fields.urlFingerprint,
      preset: fields.preset,
      credential: fields.credential,
      sealedToken: fields.sealedToken,
      health: fields.health as PollHealth | undefined,
      reason: fields.reason as Reason | undefined,
      progress: fields.progress,
      progressPercent: numberOf(fields.progressPercent),
      movedAt: numberOf(fields.movedAt),
      stalledAt: numberOf(fields.stalledAt),
      percentFrom: numberOf(fields.percentFrom),
      percentFromAt: numberOf(fields.percentFromAt),
      failingSince: numberOf(fields.failingSince),
      suspectReason: fields.suspectReason as Reason | undefined,
      cancelRequestedAt: numberOf(fields.cancelRequestedAt),
      retryAfterMs: numberOf(fields.retryAfterMs),
      retryAfterUntil: numberOf(fields.retryAfterUntil),
      refresh,
    }),
  };
}

function refreshOf({ refreshUntil, manifestVersion }: ClaimedFields): ClaimedJob['refresh'] {
  if (refreshUntil === undefined) return undefined;
  return { until: Number(refreshUntil), manifestVersion: Number(manifestVersion ?? 1) };
}

type OpenedRecord = Pick<ClaimedJob, 'statusUrl' | 'memory' | 'missingSealKey'>;

/** What is sealed of a record, in clear; or the key that is missing for it. */
function openRecord(
  sealer: Sealer | undefined,
  record: SealedRecord,
  kept: Pick<ClaimedFields, 'statusUrl' | 'sealedStatusUrl' | 'memory'>,
): OpenedRecord {
  const { statusUrl: shown = '', sealedStatusUrl = shown, memory: sealedMemory = '' } = kept;
  const locked = (keyId: string) => ({ statusUrl: shown, memory: {}, missingSealKey: keyId });
  const url = openField(sealer, { ...record, field: 'sealedStatusUrl', text: sealedStatusUrl });
  if (url.kind === 'unopenable') return locked(url.keyId);
  const memory = openField(sealer, { ...record, field: 'memory', text: sealedMemory });
  if (memory.kind === 'unopenable') return locked(memory.keyId);
  return { statusUrl: url.text, memory: readPollMemory(memory.text) };
}
