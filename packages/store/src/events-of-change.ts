import { type ComposedEvent, composeEvent } from './compose-event.js';
import type { JobChange } from './job-change.js';
import { decodeJobRecord } from './job-record.js';
import type { Claim, JobRecord } from './job-store.js';
import { keys } from './keys.js';
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
  const first =
    event === undefined
      ? []
      : [composeEvent({ word: event, job, occurrence: epoch, at, ...manifestOf(change, context) })];
  const rest = partials.map((manifest, index) => {
    const occurrence = index === 0 ? epoch : `${epoch}-${index + 1}`;
    return composeEvent({ word: 'partial', job, occurrence, at, manifest });
  });
  return [...first, ...rest];
}

/** How the event of a completed job tells of its manifest. */
function manifestOf({ manifest, onlyByReference }: JobChange, { limits }: StoreContext) {
  if (manifest === undefined) return {};
  const isInline = !onlyByReference && manifest.byteLength <= limits.eventManifestMaxBytes;
  return isInline ? { manifest: new TextDecoder().decode(manifest) } : { refersToManifest: true };
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
