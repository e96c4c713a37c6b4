import type { FinalState, PollHealth } from '@bulkwatch/contract';
import type { AnyDecision } from '@bulkwatch/core';
import type { ComposedEvent } from './compose-event.js';
import { eventsOfChange } from './events-of-change.js';
import { healthScore } from './fleet/health-index.js';
import { gateLimitsText } from './gate-limits.js';
import { changeOf, type JobChange } from './job-change.js';
import { toFields } from './job-record.js';
import type { ApplyResult, Claim, PollFacts } from './job-store.js';
import { keys } from './keys.js';
import { scoreOf } from './score.js';
import { scripts } from './scripts.js';
import { sealContext } from './sealed-fields.js';
import { sealManifest } from './sealed-manifests.js';
import type { StoreContext } from './store-context.js';
import { yielding } from './wake-up-queue.js';

/** Writes what a request came to, once, unless the claim has been superseded since. */
export async function applyDecision(
  context: StoreContext,
  claim: Claim,
  decision: AnyDecision,
  facts: PollFacts,
): Promise<ApplyResult> {
  const at = context.clock.now();
  const change = changeOf(claim, decision, facts, at);
  const events = await eventsOfChange(context, claim, change, at);
  const { job, jobId } = claim;
  const set = withSealedMemory(context, claim, change.set);
  const bytes = await bytesToKeep(context, claim, change);
  const cleared = Object.keys(set).filter((field) => set[field] === undefined);
  const score = scoreOf(decision, facts);

  const { limits } = context;
  const [kind, value, now, circuit, openJobs] = await scripts.applyDecision(
    context.redis,
    {
      job: keys.job(jobId),
      due: keys.due,
      polls: keys.polls(jobId),
      provider: keys.provider(job.provider),
      events: keys.events,
      manifest: keys.manifest(jobId),
      index: keys.index(job.tenant),
      openJob: keys.openJob(job),
      pages: keys.pages(jobId),
      tenantEvents: keys.tenantEvents(job.tenant),
      durations: keys.durations(job.provider),
      providersOut: keys.providersOut,
      score: keys.score(job.provider, at),
      expiry: keys.expiry,
      expiring: keys.expiring,
      health: keys.health,
    },
    {
      jobId,
      epoch: claim.epoch,
      state: change.state,
      delayMs: change.delayMs ?? -1,
      poll: change.poll ? JSON.stringify(change.poll) : '',
      timelineLength: context.limits.timelineLength,
      pollsToCount: facts.method === 'GET' ? 1 : 0,
      learntRetryAfterMs: change.learntRetryAfterMs ?? '',
      pauseProviderMs: change.pauseProviderMs ?? '',
      eventsMaxLength: context.limits.eventsMaxLength,
      ...bytes,
      refusedToken: change.refused ? (job.sealedToken ?? '') : '',
      renewedDelayMs: Math.max(change.refused?.askedMs ?? 0, context.limits.retryAfterFloorMs),
      cleared: cleared.length,
      told: events.length,
      scored: score.length,
      verdict: facts.verdict,
      serviceMs: facts.verdict === 'unknown' ? '' : Math.round(facts.durationMs),
      circuitFailures: limits.circuit.failures,
      probeFirstMs: limits.circuit.probeFirstMs,
      probeLongestMs: limits.circuit.probeLongestMs,
      limits: gateLimitsText(limits.gate),
      expiryAheadMs: Math.max(0, ...limits.expiringThresholdsMs),
      healthScore: healthScoreOf(claim, change),
      askedMs: change.askedMs ?? '',
      nonce: claim.nonce,
    },
    [
      ...cleared,
      ...events.flatMap(({ channel, json }) => [channel, json]),
      ...score,
      ...toFields(set),
    ],
  );
  context.clock.observe(Number(now));
  const changed = circuit ? { circuit: circuit as 'opened' | 'closed' } : {};
  return {
    ...resultOf(kind, value, events),
    ...changed,
    ...(kind === 'again' ? yielding(openJobs) : {}),
  };
}

/** What the provider sent, as it is kept; '' where a decision brings none. */
async function bytesToKeep(
  { sealer }: StoreContext,
  { job: { tenant }, jobId }: Claim,
  { manifest, page }: JobChange,
) {
  const pageField = page ? keys.pageField(page.url) : '';
  const place = { tenant, jobId };
  return {
    manifest: manifest ? await sealManifest(sealer, place, manifest) : '',
    pageField,
    page: page ? await sealManifest(sealer, { ...place, pageField }, page.bytes) : '',
  };
}

/** Where the job was well and is, nothing is written of it. */
function healthScoreOf({ job }: Claim, { set }: JobChange): number | '' {
  if (!('health' in set)) return '';
  const score = healthScore(set['health'] as PollHealth | undefined);
  return score === 0 && (job.health ?? 'ok') === 'ok' ? '' : score;
}

/** What is remembered between polls may hold URLs, and those may be capabilities. */
function withSealedMemory(
  { sealer }: StoreContext,
  { job, jobId }: Claim,
  set: JobChange['set'],
): JobChange['set'] {
  const { memory } = set;
  if (!sealer || memory === undefined) return set;
  const { tenant, provider } = job;
  const context = sealContext('memory', { tenant, jobId, provider });
  return { ...set, memory: sealer.seal(String(memory), context) };
}

function resultOf(kind: unknown, value: unknown, events: readonly ComposedEvent[]): ApplyResult {
  const told = events.map(({ word }) => word);
  switch (kind) {
    case 'again':
      return { kind, delayMs: Number(value), told };
    case 'settled':
      return { kind, state: value as FinalState, told };
    case 'stale':
      return { kind };
    default:
      throw new Error(`apply-decision answered ${String(kind)}`);
  }
}
