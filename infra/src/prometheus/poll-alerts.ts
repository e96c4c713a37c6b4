import { reasonNames, reasons } from '@bulkwatch/contract';
import { thresholds } from '../config.js';
import { days, minutes } from '../duration.js';
import type { Alert } from './alert.js';
import { grown, lastTold, pace, series } from './promql.js';

/** The reasons that wait for an operator. */
const blocking = reasonNames.filter((name) => reasons[name].verdict === 'ask-operator');
const blocked = series('bulkwatch_polls_total', { reason: blocking });

/**
 * Missing access has an alert of its own, being rate limited is the provider's good right, and an interrupted poll is our
 * own doing.
 */
const failed = series('bulkwatch_polls_total', {
  outcome: 'poll_failed',
  reason: { not: [...blocking, 'rate-limited', 'interrupted'] },
});

const tokensFailed = series('bulkwatch_token_requests_total', { outcome: 'failed' });
const { blockedPolls, failedPolls, failedTokens, overdueAge } = thresholds;

/** Are exports polled, and do their providers answer? */
export const pollAlerts: readonly Alert[] = [
  {
    name: 'BulkwatchPollsOverdue',
    severity: 'critical',
    expr: all(
      `max(${lastTold(series('bulkwatch_oldest_overdue_age_seconds'))}) > ${overdueAge}`,
      `max(${lastTold(series('bulkwatch_overdue_jobs'))}) > 0`,
    ),
    when: 'a poll is more than two minutes past its due instant',
    forSeconds: minutes(5),
    keepFiringForSeconds: minutes(5),
    summary: 'Polls are overdue.',
    description:
      'The poll that waits longest should have started {{ $value | humanizeDuration }} ago.',
    dashboard: 'fleet',
    hushes: [{ names: ['BulkwatchPollsLate'] }],
  },
  {
    // One failure may heal by itself, hence two.
    name: 'BulkwatchCredentialBlocked',
    severity: 'warning',
    expr: `${grown(blocked, blockedPolls.window, 'reason')} >= ${blockedPolls.count}`,
    when: 'two polls within two and a half hours ended for want of access or of a setting',
    forSeconds: minutes(5),
    summary: 'Jobs wait for somebody to restore access: {{ $labels.reason }}.',
    description:
      '{{ $value | printf "%.0f" }} polls ended with {{ $labels.reason }} in two and a half hours.',
    dashboard: 'provider',
  },
  {
    // Refused tokens are the alert above. Few requests make any ratio, hence the count beside it.
    name: 'BulkwatchTokensFailing',
    severity: 'warning',
    expr: all(
      `${grown(tokensFailed, failedTokens.window)} >= ${failedTokens.count}`,
      `${share(tokensFailed, series('bulkwatch_token_requests_total'), failedTokens.window)} > ${failedTokens.share}`,
    ),
    when: 'five requests for tokens within half an hour, and more than a tenth, got no answer that could be used',
    forSeconds: minutes(5),
    keepFiringForSeconds: minutes(10),
    summary: 'A token endpoint is out.',
    description:
      '{{ $value | printf "%.0f" }} requests for tokens failed in half an hour; the jobs that need one wait.',
    dashboard: 'provider',
  },
  {
    // Few polls make any ratio, hence the count beside it.
    name: 'BulkwatchProviderFailing',
    severity: 'warning',
    expr: all(
      `${share(failed, series('bulkwatch_polls_total'), failedPolls.window)} > ${failedPolls.share}`,
      `${grown(failed, failedPolls.window)} > ${failedPolls.count}`,
    ),
    when: 'more than a quarter of the polls of half an hour failed, and more than ten',
    forSeconds: minutes(10),
    keepFiringForSeconds: minutes(10),
    summary: 'Many polls fail at a provider.',
    description: '{{ $value | humanizePercentage }} of the polls of the last 30 minutes failed.',
    dashboard: 'provider',
  },
  {
    // Its jobs are held, so it is no longer seen in the share of polls that fail.
    name: 'BulkwatchProviderOut',
    severity: 'warning',
    expr: `max(${lastTold(series('bulkwatch_providers_out'))}) > 0`,
    when: 'the circuit of a provider is open',
    forSeconds: minutes(10),
    keepFiringForSeconds: minutes(10),
    summary: 'A provider is out.',
    description: `Out for ten minutes, by number: {{ $value | printf "%.0f" }}${providers(series('bulkwatch_provider_circuit_open'))}. One probe at a time looks for each.`,
    dashboard: 'provider',
  },
  {
    // Deadlines go on while polling is paused, and nothing else fails by it.
    name: 'BulkwatchPaused',
    severity: 'warning',
    expr: `max(${lastTold(series('bulkwatch_pauses'))}) > 0`,
    when: 'a provider, or everything, is paused by an operator',
    forSeconds: days(1),
    summary: 'An operator paused polling, a day ago or longer.',
    description: `Providers that are paused, and one more where everything is: {{ $value | printf "%.0f" }}${providers(series('bulkwatch_provider_paused'))}.`,
    dashboard: 'provider',
  },
  {
    // Their polls succeed, so nothing else shows it until their deadline.
    name: 'BulkwatchExportsStalled',
    severity: 'warning',
    expr: `max(${lastTold(series('bulkwatch_jobs_by_health', { health: 'stalled' }))}) > 0`,
    when: 'an open job has poll health `stalled`',
    forSeconds: thresholds.stalledFor,
    keepFiringForSeconds: minutes(15),
    summary: 'Exports make no progress at their provider.',
    description: 'Exports that stand still, by number: {{ $value | printf "%.0f" }}.',
    dashboard: 'provider',
  },
];

function share(part: string, whole: string, window: number): string {
  return `${pace(part, window)}\n  / ${pace(whole, window)}`;
}

function all(first: string, second: string): string {
  return `${first}\nand ${second}`;
}

/** Template for the origins of the providers of which a gauge is 1, in brackets; nothing where none has a series. */
function providers(gauge: string): string {
  const origins = `query "max by (provider) (${gauge}) > 0" | sortByLabel "provider"`;
  return `{{ range $i, $one := ${origins} }}{{ if $i }}, {{ else }} ({{ end }}{{ $one.Labels.provider }}{{ end }}{{ if ${origins} }}){{ end }}`;
}
