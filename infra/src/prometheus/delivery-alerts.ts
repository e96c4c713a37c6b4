import { thresholds } from '../config.js';
import { durationText, hours, minutes } from '../duration.js';
import type { Alert } from './alert.js';
import { grown, lastTold, series } from './promql.js';

const { groupFlood, groupHeadroom, slowSubscribers, webhookOverdueAge } = thresholds;
const headroom = series('bulkwatch_event_group_headroom_ratio');
const lost = series('bulkwatch_event_group_lost');
const endedSlow = series('bulkwatch_api_subscribers_ended_total', { cause: ['slow', 'missed'] });

/** Does everybody get what is told, while it is of use? */
export const deliveryAlerts: readonly Alert[] = [
  {
    // The second half sees a flood earlier, and leaves alone who is behind but catching up.
    name: 'BulkwatchSubscriberBehind',
    severity: 'warning',
    expr: [
      `min by (stream, group) (${lastTold(headroom)}) < ${groupHeadroom}`,
      'or (',
      `  min by (stream, group) (${lastTold(headroom)}) < ${groupFlood.headroom}`,
      `  and min by (stream, group) (predict_linear(${headroom}[${durationText(groupFlood.window)}], ${groupFlood.emptyWithin})) < 0`,
      ')',
    ].join('\n'),
    when: 'a consumer group has used up 60 % of the longest stream, or will have lost events in two hours',
    forSeconds: minutes(5),
    keepFiringForSeconds: minutes(10),
    summary:
      'Consumer group {{ $labels.group }} ({{ $labels.stream }}) falls behind and will lose events.',
    description:
      '{{ $value | humanizePercentage }} of the longest stream are left before events are cut that it has not had.',
    dashboard: 'delivery',
  },
  {
    // Whichever worker reports them: the least of an hour is the number before.
    name: 'BulkwatchEventsLost',
    severity: 'critical',
    expr: `max by (stream, group) (${lost})\n  - min by (stream, group) (min_over_time(${lost}[1h])) > 0`,
    when: 'events were cut within the last hour that a consumer group had not acknowledged',
    forSeconds: minutes(1),
    summary: 'Consumer group {{ $labels.group }} ({{ $labels.stream }}) lost events.',
    description:
      'In the last hour {{ $value | printf "%.0f" }} events were cut that it had not acknowledged.',
    dashboard: 'delivery',
  },
  {
    // One that reads too slowly comes again and reads on; many of them, for half an hour, do not keep up at all.
    name: 'BulkwatchSubscribersSlow',
    severity: 'warning',
    expr: `${grown(endedSlow, slowSubscribers.window)} > ${slowSubscribers.count}`,
    when: 'more than five connections for events within 15 minutes were ended because they were read too slowly',
    forSeconds: minutes(30),
    summary: 'Subscribers over HTTP do not keep up.',
    description:
      'In the last 15 minutes {{ $value | printf "%.0f" }} connections for events were ended because they were read too slowly.',
    dashboard: 'delivery',
  },
  {
    // Only jobs count whose registration says that somebody is waited for; an hour is what is left to load them.
    name: 'BulkwatchFilesExpireUnacknowledged',
    severity: 'critical',
    expr: `max(${lastTold(series('bulkwatch_expiring_jobs', { within: '1h' }))}) > 0`,
    when: 'files expire within the hour, and a subscriber that is waited for has not acknowledged them',
    forSeconds: minutes(5),
    summary: 'Files expire within the hour, and a subscriber has not loaded them.',
    description:
      '{{ $value | printf "%.0f" }} completed jobs wait for an acknowledgement while their files expire.',
    dashboard: 'delivery',
  },
  {
    // What the alert before warned of, or what happened while no worker was there to warn.
    name: 'BulkwatchFilesLost',
    severity: 'warning',
    expr: `${grown(series('bulkwatch_expired_jobs_total', { acknowledgement: 'missing' }), hours(1))} > 0`,
    when: 'files expired within the last hour, and a subscriber that is waited for had not acknowledged them',
    forSeconds: minutes(1),
    summary: 'Files expired that a subscriber has not loaded.',
    description: 'Jobs in the last hour, by number: {{ $value | printf "%.0f" }}.',
    dashboard: 'delivery',
  },
  {
    // Told once, by its counter: the gauge also has those that somebody disabled on purpose.
    name: 'BulkwatchWebhookDisabled',
    severity: 'warning',
    expr: `${grown(series('bulkwatch_webhooks_disabled_total'), hours(1))} > 0`,
    when: 'a webhook was disabled within the last hour',
    forSeconds: minutes(1),
    summary: 'A webhook was disabled, because its receiver takes nothing any more.',
    description: 'Disabled in the last hour, by number: {{ $value | printf "%.0f" }}.',
    dashboard: 'delivery',
  },
  {
    // A receiver that is out is left alone, and does not count here: this is a backlog, or nobody sends.
    name: 'BulkwatchWebhooksStuck',
    severity: 'warning',
    expr: `max(${lastTold(series('bulkwatch_webhook_oldest_overdue_age_seconds'))}) > ${webhookOverdueAge}`,
    when: 'a delivery to a webhook is more than five minutes past its time',
    forSeconds: minutes(10),
    summary: 'Events are not posted to webhooks in time.',
    description:
      'The delivery that waits longest should have been attempted {{ $value | humanizeDuration }} ago.',
    dashboard: 'delivery',
  },
];
