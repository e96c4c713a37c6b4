import type { FinalState, Hold, JobState, PollHealth, Reason } from '@bulkwatch/contract';
import { readTraceContext } from '@bulkwatch/runtime';
import { decodeAcknowledgements, decodeSubscribers } from './acknowledgement-fields.js';
import type { JobRecord } from './job-store.js';
import { jobWebhookOf } from './webhooks/webhook-view.js';

type Hash = Readonly<Record<string, string | undefined>>;

export const numberOf = (text: string | undefined): number | undefined =>
  text === undefined || text === '' ? undefined : Number(text);

/** Leaves out what is undefined, so that optional members are absent rather than undefined. */
export function present<T extends object>(
  members: T,
): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

/** Fields and values for HSET; what is undefined is left out. */
export function toFields(
  members: Readonly<Record<string, string | number | undefined>>,
): (string | number)[] {
  return Object.entries(members).flatMap(([field, value]) =>
    value === undefined ? [] : [field, value],
  );
}

/** Fields that only an open job has: of them nothing is left once it is settled, however it ended. */
export const openJobFields = [
  'notBefore',
  'dueAt',
  'action',
  'nonce',
  'intent',
  'sealedToken',
  'memory',
  'health',
  'failureCount',
  'failingSince',
  'backoffCount',
  'suspectReason',
  'suspectCount',
  'retryAfterMs',
  'movedAt',
  'stalledAt',
  'percentFrom',
  'percentFromAt',
  'retryAfterUntil',
  'pausedAt',
  'pausedBy',
  'heldBy',
  'turn',
  'forced',
  'pollNowNonce',
] as const;

/** Which of them a poll that settles a job clears. That of a completed one may still need its token: the script decides. */
export const clearedFields = (state: FinalState): readonly string[] =>
  state === 'completed' ? openJobFields.filter((field) => field !== 'sealedToken') : openJobFields;

/** Reads the hash of a tracked job, as HGETALL gives it. */
export function decodeJobRecord(id: string, hash: Hash): JobRecord {
  const optional = present({
    preset: hash['preset'],
    credential: hash['credential'],
    reference: hash['reference'],
    urlFingerprint: hash['urlFingerprint'],
    kickedOffAt: numberOf(hash['kickedOffAt']),
    progress: hash['progress'],
    progressPercent: numberOf(hash['progressPercent']),
    lastPolledAt: numberOf(hash['lastPolledAt']),
    retryAfterUntil: numberOf(hash['retryAfterUntil']),
    dueAt: numberOf(hash['dueAt']),
    settledAt: numberOf(hash['settledAt']),
    cancelRequestedAt: numberOf(hash['cancelRequestedAt']),
    reason: hash['reason'] as Reason | undefined,
    detail: hash['detail'],
    expiresAt: numberOf(hash['expiresAt']),
    expiryToldMs: decodeExpiryTold(hash),
    requestId: hash['requestId'],
    healthSince: numberOf(hash['healthSince']),
    movedAt: numberOf(hash['movedAt']),
    stalledAt: numberOf(hash['stalledAt']),
    percentFrom: numberOf(hash['percentFrom']),
    percentFromAt: numberOf(hash['percentFromAt']),
    heldBy: hash['heldBy'] as Hold | undefined,
    pausedAt: numberOf(hash['pausedAt']),
    pausedBy: hash['pausedBy'],
    manifestVersion: numberOf(hash['manifestVersion']),
    refreshUntil: numberOf(hash['refreshUntil']),
    refreshReason: hash['refreshReason'] as Reason | undefined,
    hadToken: hash['hadToken'] === '1' ? (true as const) : undefined,
    requiredSubscribers: decodeSubscribers(hash['requiredSubscribers']),
    deleteOnAcknowledge: hash['deleteOnAcknowledge'] === '1' ? (true as const) : undefined,
    acknowledgements: decodeAcknowledgements(hash['acknowledgements']),
    acknowledgedAt: numberOf(hash['acknowledgedAt']),
    deleteUntil: numberOf(hash['deleteUntil']),
    deletedAtProviderAt: numberOf(hash['deletedAtProviderAt']),
    deleteReason: hash['deleteReason'] as Reason | undefined,
    manifestRemovedAt: numberOf(hash['manifestRemovedAt']),
    refreshedAt: numberOf(hash['refreshedAt']),
    onlyByReference: hash['onlyByReference'] === '1' ? (true as const) : undefined,
    manifest: decodeManifestSummary(hash),
    webhook: jobWebhookOf(hash),
    trace: readTraceContext(hash['traceparent'], hash['tracestate']),
  });
  return {
    id,
    tenant: hash['tenant'] ?? '',
    statusUrl: hash['statusUrl'] ?? '',
    protocol: hash['protocol'] ?? '',
    provider: hash['provider'] ?? '',
    labels: JSON.parse(hash['labels'] ?? '{}') as Record<string, string>,
    registeredAt: Number(hash['registeredAt']),
    deadlineAt: Number(hash['deadlineAt']),
    state: hash['state'] as JobState,
    health: (hash['health'] ?? 'ok') as PollHealth,
    pollCount: Number(hash['pollCount'] ?? 0),
    expiryAssumed: hash['expiryAssumed'] === '1',
    // That of a record from before it was kept: what settled it was a poll, most likely.
    eventOccurrence: hash['eventOccurrence'] ?? hash['epoch'] ?? '0',
    version: Number(hash['version'] ?? 0),
    ...optional,
  };
}

/** What was told of an expiry that is no longer the one of the job, since its links were refreshed, is void. */
function decodeExpiryTold({ expiresAt, expiryTold }: Hash): number | undefined {
  const [toldOf, thresholdMs] = expiryTold?.split('-') ?? [];
  return toldOf === expiresAt ? numberOf(thresholdMs) : undefined;
}

function decodeManifestSummary(hash: Hash): JobRecord['manifest'] {
  if (hash['manifestBytes'] === undefined) return undefined;
  return {
    outputCount: Number(hash['outputCount']),
    errorCount: Number(hash['errorCount']),
    transactionTime: hash['transactionTime'] ?? null,
    bytes: Number(hash['manifestBytes']),
  };
}
