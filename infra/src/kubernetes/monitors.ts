/** What Prometheus's operator is to scrape, and the rules it is to evaluate. */
import {
  PrometheusRule,
  ServiceMonitor,
} from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { parse } from 'yaml';
import type { GeneratedFile } from '../generated-file.js';
import type { Model } from './manifest.js';
import { type Component, labelsOf, metadataOf, monitoring, nameOf } from './names.js';

type RuleGroups = NonNullable<PrometheusRule['spec']['groups']>;

/** Scrapes each pod of a service, as job `bulkwatch-<component>`, which is the name of its Service. */
export const monitorOf = (component: Component): Model => {
  const metadata = metadataOf(component);
  return new ServiceMonitor({
    metadata: { ...metadata, labels: { ...metadata.labels, ...monitoring.selector } },
    spec: {
      selector: { matchLabels: labelsOf(component) },
      endpoints: [{ port: 'ops', path: '/metrics', interval: '15s', scrapeTimeout: '10s' }],
    },
  });
};

/** The rules of a file that Prometheus loads, as the operator wants them. */
export function ruleOf({ path, text }: GeneratedFile): Model {
  const { groups } = parse(text) as { groups: RuleGroups };
  const file = path.replace(/^.*\/(?:bulkwatch-?)?|\.yml$/g, '');
  return new PrometheusRule({
    metadata: {
      name: nameOf(file || 'rules'),
      labels: { 'app.kubernetes.io/name': 'bulkwatch', ...monitoring.selector },
    },
    spec: { groups },
  });
}
