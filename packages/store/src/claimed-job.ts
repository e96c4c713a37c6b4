import type { PollHealth, Reason } from '@bulkwatch/contract';
import { readPollMemory } from '@bulkwatch/core';
import type { ScriptReply } from './define-script.js';
import { present } from './job-record.js';
import type { ClaimedJob } from './job-store.js';
import type { Sealer } from './seal.js';
import { openField, type SealedRecord } from './sealed-fields.js';

/** Reads the fields that `claim-poll.lua` gives of a claimed job, in its order, and opens what is sealed. */
export function claimedJob(
  sealer: Sealer | undefined,
  jobId: string,
  fields: ScriptReply,
): ClaimedJob {
  const [
    tenant,
    statusUrl,
    protocol,
    provider,
    credential,
    sealedToken,
    state,
    progress,
    ...tracking
  ] = fields;
  const [
    deadlineAt,
    failureCount,
    failingSince,
    backoffCount,
    suspectReason,
    suspectCount,
    cancelRequestedAt,
    preset,
    health,
    memory,
    sealedStatusUrl,
    urlFingerprint,
    retryAfterMs,
  ] = tracking;
  const record = { tenant: text(tenant) ?? '', jobId, provider: text(provider) ?? '' };
  const opened = openRecord(sealer, record, {
    statusUrl: text(statusUrl) ?? '',
    sealedStatusUrl: text(sealedStatusUrl),
    memory: text(memory),
  });
  return {
    ...opened,
    tenant: record.tenant,
    provider: record.provider,
    protocol: text(protocol) ?? '',
    state: state === 'in-progress' ? 'in-progress' : 'registered',
    deadlineAt: number(deadlineAt) ?? 0,
    failureCount: number(failureCount) ?? 0,
    backoffCount: number(backoffCount) ?? 0,
    suspectCount: number(suspectCount) ?? 0,
    ...present({
      urlFingerprint: text(urlFingerprint),
      preset: text(preset),
      credential: text(credential),
      sealedToken: text(sealedToken),
      health: text(health) as PollHealth | undefined,
      progress: text(progress),
      failingSince: number(failingSince),
      suspectReason: text(suspectReason) as Reason | undefined,
      cancelRequestedAt: number(cancelRequestedAt),
      retryAfterMs: number(retryAfterMs),
    }),
  };
}

type OpenedRecord = Pick<ClaimedJob, 'statusUrl' | 'memory' | 'missingSealKey'>;

/** What is sealed of a record, in clear; or the key that is missing for it. */
function openRecord(
  sealer: Sealer | undefined,
  record: SealedRecord,
  kept: { statusUrl: string; sealedStatusUrl: string | undefined; memory: string | undefined },
): OpenedRecord {
  const { statusUrl: shown, sealedStatusUrl = shown } = kept;
  const locked = (keyId: string) => ({ statusUrl: shown, memory: {}, missingSealKey: keyId });
  const url = openField(sealer, { ...record, field: 'sealedStatusUrl', text: sealedStatusUrl });
  if (url.kind === 'unopenable') return locked(url.keyId);
  const memory = openField(sealer, { ...record, field: 'memory', text: kept.memory ?? '' });
  if (memory.kind === 'unopenable') return locked(memory.keyId);
  return { statusUrl: url.text, memory: readPollMemory(memory.text) };
}

type Value = ScriptReply[number] | undefined;

const text = (value: Value): string | undefined => (value === null ? undefined : value?.toString());
const number = (value: Value): number | undefined =>
  value === null || value === undefined ? undefined : Number(value);
