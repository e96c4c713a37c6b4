import type { PollHealth, Reason } from '@bulkwatch/contract';
import { readPollMemory } from '@bulkwatch/core';
import { readTraceContext } from '@bulkwatch/runtime';
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
  'deleteUntil',
  'traceparent',
] as const;
type ClaimedField = (typeof claimedFields)[number];
const places = new Map<ClaimedField, number>(claimedFields.map((name, place) => [name, place]));

/** Reads the values of a claimed job, and opens what is sealed. */
export function claimedJob(
  sealer: Sealer | undefined,
  jobId: string,
  values: ScriptReply,
): ClaimedJob {
  const text = (name: ClaimedField) => values[places.get(name) ?? -1]?.toString();
  const number = (name: ClaimedField) => numberOf(text(name));
  const [tenant, provider] = [text('tenant') ?? '', text('provider') ?? ''];
  const refreshUntil = number('refreshUntil');
  const refresh =
    refreshUntil === undefined
      ? undefined
      : { until: refreshUntil, manifestVersion: number('manifestVersion') ?? 1 };
  const deleteUntil = number('deleteUntil');
  const cleanUp =
    refresh === undefined && deleteUntil !== undefined ? { until: deleteUntil } : undefined;
  return {
    ...openRecord(sealer, { tenant, jobId, provider }, text),
    tenant,
    provider,
    protocol: text('protocol') ?? '',
    // A completed job is claimed only for a refresh, which goes on like an export, or for a delete request.
    state: text('state') === 'registered' ? 'registered' : 'in-progress',
    deadlineAt: refresh?.until ?? cleanUp?.until ?? number('deadlineAt') ?? 0,
    failureCount: number('failureCount') ?? 0,
    backoffCount: number('backoffCount') ?? 0,
    suspectCount: number('suspectCount') ?? 0,
    ...present({
      urlFingerprint: text('urlFingerprint'),
      preset: text('preset'),
      credential: text('credential'),
      sealedToken: text('sealedToken'),
      health: text('health') as PollHealth | undefined,
      reason: text('reason') as Reason | undefined,
      progress: text('progress'),
      progressPercent: number('progressPercent'),
      movedAt: number('movedAt'),
      stalledAt: number('stalledAt'),
      percentFrom: number('percentFrom'),
      percentFromAt: number('percentFromAt'),
      failingSince: number('failingSince'),
      suspectReason: text('suspectReason') as Reason | undefined,
      cancelRequestedAt: number('cancelRequestedAt'),
      retryAfterMs: number('retryAfterMs'),
      retryAfterUntil: number('retryAfterUntil'),
      refresh,
      cleanUp,
      trace: readTraceContext(text('traceparent')),
    }),
  };
}

type OpenedRecord = Pick<ClaimedJob, 'statusUrl' | 'memory' | 'missingSealKey'>;

/** What is sealed of a record, in clear; or the key that is missing for it. */
function openRecord(
  sealer: Sealer | undefined,
  record: SealedRecord,
  text: (name: 'statusUrl' | 'sealedStatusUrl' | 'memory') => string | undefined,
): OpenedRecord {
  const shown = text('statusUrl') ?? '';
  const locked = (keyId: string) => ({ statusUrl: shown, memory: {}, missingSealKey: keyId });
  const url = openField(sealer, {
    ...record,
    field: 'sealedStatusUrl',
    text: text('sealedStatusUrl') ?? shown,
  });
  if (url.kind === 'unopenable') return locked(url.keyId);
  const memory = openField(sealer, { ...record, field: 'memory', text: text('memory') ?? '' });
  if (memory.kind === 'unopenable') return locked(memory.keyId);
  return { statusUrl: url.text, memory: readPollMemory(memory.text) };
}
