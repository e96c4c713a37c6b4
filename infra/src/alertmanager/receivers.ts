import type { ReceiverName } from './routes.js';

/** How a receiver is told, as the configuration of Alertmanager has it; nothing where nobody is. */
export type Receivers = Readonly<Record<ReceiverName, object>>;

/** Where Alertmanager finds the secrets of its receivers, one in each file. */
const secrets = '/run/alerting';

/** Alerts are collected, and shown on Alertmanager's page. */
export const nobody: Receivers = { page: {}, ticket: {}, watchdog: {} };

/** Each is posted to the URL in a file: JSON, as Alertmanager's documentation says. */
export const webhooks: Receivers = {
  page: webhook('page-url'),
  ticket: webhook('ticket-url'),
  watchdog: webhook('watchdog-url', false),
};

/** Pages to PagerDuty, tickets to a channel of Slack, the sign of life to whoever raises the alarm without it. */
export const pagerDutyAndSlack: Receivers = {
  page: {
    pagerduty_configs: [
      {
        routing_key_file: `${secrets}/pagerduty-routing-key`,
        description: '{{ template "bulkwatch.title" . }}',
        details: { text: '{{ template "bulkwatch.text" . }}' },
      },
    ],
  },
  ticket: {
    slack_configs: [
      {
        api_url_file: `${secrets}/slack-url`,
        send_resolved: true,
        title: '{{ template "bulkwatch.title" . }}',
        text: '{{ template "bulkwatch.text" . }}',
      },
    ],
  },
  watchdog: webhook('watchdog-url', false),
};

function webhook(file: string, sendResolved = true): object {
  return { webhook_configs: [{ url_file: `${secrets}/${file}`, send_resolved: sendResolved }] };
}
