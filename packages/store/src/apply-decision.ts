import type { FinalState } from '@bulkwatch/contract';
import type { Decision } from '@bulkwatch/core';
import { composeEvent } from './compose-event.js';
import { changeOf, type JobChange } from './job-change.js';
import { decodeJobRecord, toFields } from './job-record.js';
import type { ApplyResult, Claim, JobRecord, PollFacts } from './job-store.js';
import { keys } from './keys.js';
import { scripts } from './scripts.js';
import { ask, type StoreContext } from './store-context.js';

/** Writes what a request came to, once, unless the claim has been superseded since. */
export async function applyDecision(
  context: StoreContext,
  claim: Claim,
  decision: Decision,
  facts: PollFacts,
): Promise<ApplyResult> {
  const at = context.clock.now();
  const change = changeOf(claim, decision, facts, at);
  const event = await eventOf(context, claim, change, at);
  const { job, jobId } = claim;
  const cleared = Object.keys(change.set).filter((field) => change.set[field] === undefined);

  const [kind, value, now] = await scripts.applyDecision(
    context.redis,
    {
      job: keys.job(jobId),
      due: keys.due,
      polls: keys.polls(jobId),
      provider: keys.provider(job.provider),
      events: keys.events,
      manifest: keys.manifest(jobId),
      index: keys.index(job.tenant),
      openJob: keys.openJob(job.tenant, job.statusUrl),
    },
    {
      jobId,
      epoch: claim.epoch,
      state: change.state,
      delayMs: change.delayMs ?? -1,
      poll: JSON.stringify(change.poll),
      timelineLength: context.limits.timelineLength,
      pollsToCount: facts.method === 'GET' ? 1 : 0,
      learntRetryAfterMs: change.learntRetryAfterMs ?? '',
      pauseProviderMs: change.pauseProviderMs ?? '',
      event: event?.json ?? '',
      channel: event?.channel ?? '',
      eventsMaxLength: context.limits.eventsMaxLength,
      manifest: change.manifest ?? '',
      cleared: cleared.length,
    },
    [...cleared, ...toFields(change.set)],
  );
  context.clock.observe(Number(now));
  return resultOf(kind, value);
}

function resultOf(kind: unknown, value: unknown): ApplyResult {
  switch (kind) {
    case 'again':
      return { kind, delayMs: Number(value) };
    case 'settled':
      return { kind, state: value as FinalState };
    case 'stale':
      return { kind };
    default:
      throw new Error(`apply-decision answered ${String(kind)}`);
  }
}

/** The event carries the whole job as it will be, so the record is read for it; most polls have none. */
async function eventOf(
  context: StoreContext,
  claim: Claim,
  change: JobChange,
  at: number,
): Promise<{ json: string; channel: string } | undefined> {
  if (!change.event) return undefined;
  const before = await ask(context.redis.hgetall(keys.job(claim.jobId)));
  return composeEvent({
    word: change.event,
    job: jobAfter(claim, before, change, at),
    occurrence: claim.epoch,
    at,
    manifestMaxBytes: change.onlyByReference ? 0 : context.limits.eventManifestMaxBytes,
    ...(change.manifest ? { manifest: change.manifest } : {}),
  });
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
