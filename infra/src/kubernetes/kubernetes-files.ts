import { Namespace } from 'kubernetes-models/v1';
import type { GeneratedFile } from '../generated-file.js';
import { ruleFiles } from '../prometheus/rule-files.js';
import { apiModels } from './api.js';
import { apiScaler, workerScaler } from './autoscalers.js';
import { cliModels } from './cli.js';
import { dashboardNames } from './dashboard-names.js';
import { demoModels } from './demo.js';
import { kustomizationFile, type Model, manifestFile } from './manifest.js';
import { monitorOf, ruleOf } from './monitors.js';
import { namespace } from './names.js';
import { networkPolicies, scrapePolicy } from './network-policies.js';
import { redisModels, redisUrls } from './redis.js';
import { workerModels } from './worker.js';

/** A folder that kustomize can take: one file for each name, and what it takes from elsewhere. */
function folderOf(
  name: string,
  files: Readonly<Record<string, readonly Model[]>>,
  more: { readonly elsewhere?: readonly string[]; readonly secretGenerator?: object } = {},
): GeneratedFile[] {
  const folder = `kubernetes/${name}`;
  const manifests = Object.entries(files).map(([file, models]) =>
    manifestFile(`${folder}/${file}.yaml`, models),
  );
  const { elsewhere = [], ...generators } = more;
  const resources = [...Object.keys(files).map((file) => `${file}.yaml`), ...elsewhere];
  return [kustomizationFile(folder, { resources, ...generators }), ...manifests];
}

/** The base of all that is deployed to Kubernetes, and what an overlay may add to it. */
export const kubernetesFiles = (): readonly GeneratedFile[] => [
  ...folderOf('base', {
    namespace: [ourNamespace()],
    api: apiModels(),
    worker: workerModels(),
    'network-policies': networkPolicies(),
    cli: cliModels(),
  }),
  ...folderOf(
    'redis',
    { redis: redisModels() },
    { elsewhere: ['../../redis'], secretGenerator: redisUrls },
  ),
  ...folderOf('demo', { demo: demoModels() }),
  ...folderOf('autoscaling', { 'worker-scaler': [workerScaler()], 'api-scaler': [apiScaler()] }),
  ...folderOf(
    'monitoring',
    {
      monitors: [monitorOf('api'), monitorOf('worker')],
      rules: ruleFiles().map(ruleOf),
      'network-policy': [scrapePolicy()],
    },
    { elsewhere: ['../../grafana'] },
  ),
  dashboardMaps(),
];

/** Pods that ask for more than they need are not admitted here. */
const ourNamespace = (): Model =>
  new Namespace({
    metadata: {
      name: namespace,
      labels: Object.fromEntries(
        ['enforce', 'audit', 'warn'].map((mode) => [
          `pod-security.kubernetes.io/${mode}`,
          'restricted',
        ]),
      ),
    },
  });

/** Dashboards for Grafana's sidecar, one ConfigMap each for their size; a hash in the name would leave old ones. */
const dashboardMaps = (): GeneratedFile =>
  kustomizationFile('grafana', {
    generatorOptions: { disableNameSuffixHash: true, labels: { grafana_dashboard: '1' } },
    configMapGenerator: dashboardNames().map((name) => ({
      name: `bulkwatch-dashboard-${name}`,
      files: [`dashboards/${name}.json`],
    })),
  });
