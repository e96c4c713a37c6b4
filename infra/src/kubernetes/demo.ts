/** The demo of compose on a cluster: a provider that is played, and what registers a few of its exports. */
import { Deployment } from 'kubernetes-models/apps/v1';
import { Job } from 'kubernetes-models/batch/v1';
import { Service } from 'kubernetes-models/v1';
import type { Model } from './manifest.js';
import { labelsOf, metadataOf, nameOf, ports } from './names.js';
import { demoPolicies } from './network-policies.js';
import { podOf } from './pod.js';
import { accountOf } from './workload.js';

/** What infra/demo calls it, whose files serve compose too. */
const simulator = 'simulator';
const origin = `http://${simulator}:${ports.simulator}`;
const little = { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '256Mi' } };

export const demoModels = (): Model[] => [
  accountOf('simulator'),
  new Deployment({
    metadata: metadataOf('simulator'),
    spec: {
      replicas: 1,
      selector: { matchLabels: labelsOf('simulator') },
      template: podOf({
        component: 'simulator',
        container: {
          args: ['--host', '0.0.0.0', '--port', `${ports.simulator}`, '--public-origin', origin],
          ports: [{ name: 'http', containerPort: ports.simulator }],
          readinessProbe: {
            httpGet: { path: '/_simulator/exports', port: 'http' },
            timeoutSeconds: 3,
          },
          resources: little,
        },
      }),
    },
  }),
  new Service({
    metadata: { name: simulator, labels: labelsOf('simulator') },
    spec: {
      selector: labelsOf('simulator'),
      ports: [{ name: 'http', port: ports.simulator, targetPort: 'http' }],
    },
  }),
  accountOf('demo'),
  registration(),
  ...demoPolicies(),
];

/** Tries until all the others are up, then ends. */
const registration = (): Model => {
  const template = podOf({
    component: 'demo',
    image: nameOf('cli'),
    container: {
      command: ['node', '/demo/register.mjs'],
      env: [
        { name: 'CLI', value: '/app/dist/main.js' },
        { name: 'BULKWATCH_REDIS_URL', value: `redis://${nameOf('redis')}:${ports.redis}` },
        { name: 'API_URL', value: `http://${nameOf('api')}:${ports.api}` },
        { name: 'SIMULATOR_URL', value: origin },
      ],
      resources: little,
      volumeMounts: [{ name: 'script', mountPath: '/demo', readOnly: true }],
    },
    volumes: [{ name: 'script', configMap: { name: 'bulkwatch-demo' } }],
  });
  const { spec } = template;
  return new Job({
    metadata: metadataOf('demo'),
    spec: {
      backoffLimit: 20,
      template: { ...template, ...(spec && { spec: { ...spec, restartPolicy: 'OnFailure' } }) },
    },
  });
};
