import { maskUrl, type Span, type SpanAttributes, type Tracing } from '@bulkwatch/runtime';
import type { Claim, WakeUpData } from '@bulkwatch/store';
import { type NextWakeUp, type PollJobPorts, pollJob, type StopSignals } from './poll-job.js';

/** One wake-up of one job. */
export type PollJob = (wakeUp: WakeUpData, signals: StopSignals) => Promise<NextWakeUp>;

/**
 * `pollJob` with a short trace of its own for each poll, linked to the registration of its job, and a span for each part.
 * It looks through the ports of that and changes nothing. A wake-up that is granted no poll leaves no trace.
 */
export const tracedPollJob =
  (ports: PollJobPorts, tracing: Tracing): PollJob =>
  (wakeUp, signals) => {
    const poll = tracing.begin('poll', {
      kind: 'internal',
      attributes: { 'bulkwatch.job.id': wakeUp.jobId },
    });
    return tracing.within(poll, async () => {
      const traced = tracedPorts(ports, poll);
      try {
        const next = await pollJob(traced.ports, wakeUp, signals);
        if (traced.isClaimed()) poll.end();
        return next;
      } catch (error) {
        poll.end({ error: 'store-unavailable' });
        throw error;
      }
    });
  };

function tracedPorts(
  ports: PollJobPorts,
  poll: Span,
): { ports: PollJobPorts; isClaimed: () => boolean } {
  const { jobs, fetchStatus, reader } = ports;
  let claimed = false;
  const traced: PollJobPorts = {
    ...ports,
    jobs: {
      ...jobs,
      claimPoll: (wakeUp, chance) =>
        timed(
          poll.begin('claim'),
          () => jobs.claimPoll(wakeUp, chance),
          (result) => {
            claimed = result.kind === 'claimed';
            if (result.kind !== 'claimed') return undefined;
            describeClaim(poll, result.claim);
            return {};
          },
        ),
      applyDecision: (claim, decision, facts) => {
        poll.set({
          'bulkwatch.next': decision.next,
          'error.type': 'reason' in decision ? decision.reason : undefined,
        });
        return timed(
          poll.begin('apply'),
          () => jobs.applyDecision(claim, decision, facts),
          (applied) => ({
            'bulkwatch.applied': applied.kind,
          }),
        );
      },
    },
    fetchStatus: (request) => {
      const { method, url } = request.request;
      const span = poll.begin('request', {
        kind: 'client',
        attributes: { 'http.request.method': method, 'url.full': maskUrl(url), ...serverOf(url) },
      });
      return timed(
        span,
        () => fetchStatus({ ...request, span }),
        (outcome) =>
          outcome.kind === 'answered'
            ? { 'http.response.status_code': outcome.response.status }
            : { 'error.type': outcome.failure.reason },
      );
    },
    reader: {
      ...reader,
      readStatus: (...parameters) =>
        timed(
          poll.begin('read'),
          () => reader.readStatus(...parameters),
          ({ kind }) => ({
            'bulkwatch.reading': kind,
          }),
        ),
    },
  };
  return { ports: traced, isClaimed: () => claimed };
}

function describeClaim(poll: Span, { action, job, claimedAt, dueAt, epoch }: Claim): void {
  // The trace of the registration may be days old: a poll is no part of it, but comes from it.
  if (job.trace) poll.link(job.trace);
  poll.set({
    'bulkwatch.action': action,
    'bulkwatch.provider': job.provider,
    'bulkwatch.epoch': epoch,
    'bulkwatch.lateness_ms': Math.max(0, claimedAt - dueAt),
  });
}

/** Where it goes, as far as that can be read. */
function serverOf(url: string): SpanAttributes {
  if (!URL.canParse(url)) return {};
  const { hostname, port, protocol } = new URL(url);
  return {
    'server.address': hostname,
    'server.port': Number(port) || (protocol === 'http:' ? 80 : 443),
  };
}

/** Ends the span with what came of it, or leaves it out where that is nothing; an error that is thrown goes on as it was. */
async function timed<T>(
  span: Span,
  run: () => Promise<T>,
  describe: (result: T) => SpanAttributes | undefined,
): Promise<T> {
  try {
    const result = await run();
    const attributes = describe(result);
    if (!attributes) return result;
    span.set(attributes);
    const error = attributes['error.type'];
    span.end({ error: error === undefined ? undefined : String(error) });
    return result;
  } catch (error) {
    span.end({ error: 'exception' });
    throw error;
  }
}
