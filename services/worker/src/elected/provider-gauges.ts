import type { Provider } from '@bulkwatch/contract';
import type { Metrics } from '@bulkwatch/runtime';
import type { ProviderFigures, ProvidersFigures } from '@bulkwatch/store';

/** Kinds that are there for each provider, also where there were no such polls yet. */
const usualKinds = ['in-progress', 'complete'] as const;

/** Tells the figures of single providers, and of the others together, for which no origin can stand. */
export function setProviderGauges(
  metrics: Metrics<'worker'>,
  { most, others }: ProvidersFigures,
): void {
  for (const provider of most) {
    setState(metrics, provider.origin, [provider]);
    setLimits(metrics, provider);
    setPolls(metrics, provider);
  }
  setState(metrics, 'other', others);
}

function setState(
  metrics: Metrics<'worker'>,
  provider: string,
  members: readonly Provider[],
): void {
  const sumOf = (of: (member: Provider) => number): number =>
    members.reduce((sum, member) => sum + of(member), 0);
  const any = (is: (member: Provider) => boolean): 0 | 1 => (members.some(is) ? 1 : 0);
  const labels = { provider };
  metrics.providerOpenJobs.set(
    labels,
    sumOf(({ openJobCount }) => openJobCount),
  );
  metrics.providerRequestsInFlight.set(
    labels,
    sumOf(({ inFlightCount }) => inFlightCount),
  );
  metrics.providerCircuitOpen.set(
    labels,
    any(({ circuit }) => circuit !== 'closed'),
  );
  metrics.providerPaused.set(
    labels,
    any(({ pausedAt }) => pausedAt !== null),
  );
}

/** One that has just come back is spared for a while. */
function setLimits(
  metrics: Metrics<'worker'>,
  { origin: provider, limits, rampConcurrency, retryAfterMs }: Provider,
): void {
  const labels = { provider };
  metrics.providerRequestLimit.set(labels, rampConcurrency ?? limits.concurrency);
  metrics.providerRateLimit.set(labels, limits.perSecond);
  metrics.providerRetryAfterSeconds.set(labels, (retryAfterMs ?? 0) / 1000);
}

function setPolls(metrics: Metrics<'worker'>, { origin: provider, polls }: ProviderFigures): void {
  for (const kind of usualKinds) metrics.providerPollsTotal.set({ provider, kind }, 0);
  for (const [kind, count] of polls) metrics.providerPollsTotal.set({ provider, kind }, count);
}
