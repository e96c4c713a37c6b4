import type { GeneratedFile } from '../generated-file.js';
import { yamlText } from '../yaml-text.js';
import { inhibitions } from './inhibitions.js';
import { nobody, pagerDutyAndSlack, type Receivers, webhooks } from './receivers.js';
import { receiverNames, routeTree } from './routes.js';

/** Configurations of Alertmanager, alike but for how somebody is told. */
export const alertmanagerFiles = (): readonly GeneratedFile[] => [
  file('alertmanager.yml', nobody),
  file('webhooks.yml', webhooks),
  file('pagerduty-and-slack.yml', pagerDutyAndSlack),
];

/**
 * What Alertmanager reads.
 *
 * @param waits gives what is waited instead of so many seconds, for who wants to be told in less
 */
export function alertmanagerConfig(
  receivers: Receivers,
  waits: (seconds: number) => number = (seconds) => seconds,
): object {
  return {
    templates: ['templates/*.tmpl'],
    route: routeTree(waits),
    inhibit_rules: inhibitions(),
    receivers: receiverNames.map((name) => ({ name, ...receivers[name] })),
  };
}

const file = (name: string, receivers: Receivers): GeneratedFile => ({
  path: `alertmanager/${name}`,
  text: yamlText('infra/src/alertmanager', alertmanagerConfig(receivers)),
});
