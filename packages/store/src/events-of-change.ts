import { type ComposedEvent, composeEvent } from './compose-event.js';
import type { JobChange } from './job-change.js';
import { decodeJobRecord } from './job-record.js';
import type { Claim, JobRecord } from './job-store.js';
import { keys } from './keys.js';
import { holdsSignedUrls, maskSignedUrls } from './signed-urls.js';
import { ask, type StoreContext } from './store-context.js';

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
  const { event, partials = [] } = change;
  if (event === undefined && partials.length === 0) return [];
  const before = await ask(context.redis.hgetall(keys.job(claim.jobId)));
  const job = jobAfter(claim, before, change, at);
  const { epoch } = claim;
  const composed: ComposedEvent[] = [];
  if (event !== undefined) {
    const told = await manifestOf(change, context);
    composed.push(composeEvent({ word: event, job, occurrence: epoch, at, ...told }));
  }
  for (const [index, partial] of partials.entries()) {
    const told = await partialOf(partial, context);
    const occurrence = index === 0 ? epoch : `${epoch}-${index + 1}`;
    composed.push(composeEvent({ word: 'partial', job, occurrence, at, ...told }));
  }
  return composed;
}

/**
 * How the event of a completed job tells of its manifest. A signed URL is a capability: who may read events is not
 * by that allowed to fetch files, so a manifest that has one is fetched from the api.
 */
async function manifestOf(
  { manifest, onlyByReference }: JobChange,
  { limits, inlineSignedUrls }: StoreContext,
) {
  if (manifest === undefined) return {};
  const refersToManifest = { refersToManifest: true };
  if (onlyByReference || manifest.byteLength > limits.eventManifestMaxBytes)
    return refersToManifest;
  const json = new TextDecoder().decode(manifest);
  const isTellable = inlineSignedUrls || !(await holdsSignedUrls(json));
  return isTellable ? { manifest: json } : refersToManifest;
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
  const polled = change.poll.method === 'GET' ? 1 : 0;
  const set = Object.entries(change.set).map(([field, value]) => [field, value?.toString()]);
  return decodeJobRecord(claim.jobId, {
    ...before,
    ...(Object.fromEntries(set) as Record<string, string | undefined>),
    state: change.state,
    pollCount: String(Number(before['pollCount'] ?? 0) + polled),
    dueAt: change.delayMs === undefined ? undefined : String(at + change.delayMs),
  });
}
