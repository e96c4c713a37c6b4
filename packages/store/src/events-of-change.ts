import type { Standstill } from '@bulkwatch/core';
import { type ComposedEvent, composeEvent } from './compose-event.js';
import type { JobChange } from './job-change.js';
import { decodeJobRecord, present } from './job-record.js';
import type { Claim, JobRecord } from './job-store.js';
import { keys } from './keys.js';
import { holdsSignedUrls, maskSignedUrls } from './signed-urls.js';
import { ask, type StoreContext } from './store-context.js';

/** What there is to tell of one event, besides the job. */
type Telling = Omit<Parameters<typeof composeEvent>[0], 'job' | 'at' | 'history'>;

/**
 * The events of a change, in the order in which they are told. They carry the whole job as it will be, so the
 * record is read for them; most polls have none. `at` is epoch ms.
 */
export async function eventsOfChange(
  context: StoreContext,
  claim: Claim,
  change: JobChange,
  at: number,
): Promise<readonly ComposedEvent[]> {
  const tellings = await tellingsOf(context, claim.epoch, change);
  if (tellings.length === 0) return [];
  const before = await ask(context.redis.hgetall(keys.job(claim.jobId)));
  // A job that is gone, as after a failover to a Redis that never had it, has nothing to tell: the answer is stale.
  if (before['state'] === undefined) return [];
  const job = jobAfter(claim, before, change, at);
  const { history } = claim;
  // A paused job is shown as that, whatever its poll in flight finds; the end of the pause tells what it was.
  const isShown = ({ word }: Telling) => word !== 'health-changed' || job.pausedAt === undefined;
  return tellings
    .filter(isShown)
    .map((telling) => composeEvent({ ...telling, job, at, ...present({ history }) }));
}

async function tellingsOf(
  context: StoreContext,
  epoch: number,
  change: JobChange,
): Promise<readonly Telling[]> {
  const { event, partials = [], stalled, previousHealth } = change;
  const tellings: Telling[] = [];
  if (event !== undefined)
    tellings.push({ word: event, occurrence: epoch, ...(await manifestOf(change, context)) });
  for (const [index, partial] of partials.entries()) {
    const occurrence = index === 0 ? epoch : `${epoch}-${index + 1}`;
    tellings.push({ word: 'partial', occurrence, ...(await partialOf(partial, context)) });
  }
  if (stalled !== undefined)
    tellings.push({ word: 'stalled', occurrence: epoch, says: { stall: stallOf(stalled) } });
  if (previousHealth !== undefined && context.healthEvents)
    tellings.push({ word: 'health-changed', occurrence: epoch, says: { previousHealth } });
  return tellings;
}

const stallOf = ({ since, thresholdMs }: Standstill) => ({
  since: new Date(since).toISOString(),
  thresholdSeconds: thresholdMs / 1000,
});

/** What every intermediary forwards (CloudEvents 1.0, "Size Limits"). */
const forwardedBytes = 64 * 1024;
/** What an event says besides its manifest, at the most that is usual. */
const othersBytes = 16 * 1024;

/**
 * How the event of a completed job tells of its manifest. A signed URL is a capability: who may read events is not
 * by that allowed to fetch files, so a manifest that has one is fetched from the api.
 */
export async function manifestOf(
  { manifest, onlyByReference }: Pick<JobChange, 'manifest' | 'onlyByReference'>,
  { limits, inlineSignedUrls }: StoreContext,
) {
  if (manifest === undefined) return {};
  const refersToManifest = { refersToManifest: true };
  if (onlyByReference || manifest.byteLength > limits.eventManifestMaxBytes)
    return refersToManifest;
  const json = new TextDecoder().decode(manifest);
  const isTellable = inlineSignedUrls || !(await holdsSignedUrls(json));
  const bytesMax = Math.max(forwardedBytes, limits.eventManifestMaxBytes + othersBytes);
  return isTellable ? { manifest: json, bytesMax } : refersToManifest;
}

/** A part of a manifest can be had nowhere else yet, so it is told of even where its URLs cannot be. */
async function partialOf(partial: string, { inlineSignedUrls }: StoreContext) {
  const manifest = inlineSignedUrls ? partial : await maskSignedUrls(partial);
  return manifest === partial ? { manifest } : { manifest, urlsMasked: true };
}

function jobAfter(
  claim: Claim,
  before: Readonly<Record<string, string>>,
  change: JobChange,
  at: number,
): JobRecord {
  const polled = change.poll?.method === 'GET' ? 1 : 0;
  const set = Object.entries(change.set).map(([field, value]) => [field, value?.toString()]);
  return decodeJobRecord(claim.jobId, {
    ...before,
    ...(Object.fromEntries(set) as Record<string, string | undefined>),
    state: change.state,
    pollCount: String(Number(before['pollCount'] ?? 0) + polled),
    dueAt: change.delayMs === undefined ? undefined : String(at + change.delayMs),
  });
}
