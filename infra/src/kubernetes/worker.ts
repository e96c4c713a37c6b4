import { Service } from 'kubernetes-models/v1';
import type { Model } from './manifest.js';
import { labelsOf, metadataOf, ports } from './names.js';
import { workloadOf } from './workload.js';

/**
 * The workers. Their Service has no address: it is how Prometheus finds each of them.
 *
 * No CPU limit: a throttled worker polls late. A worker takes 150 MB however many jobs are tracked; the rest is for
 * manifests of up to 64 MB that are read in a thread of their own.
 */
export const workerModels = (): Model[] => [
  ...workloadOf({
    component: 'worker',
    ports: [],
    resources: { requests: { cpu: '500m', memory: '1536Mi' }, limits: { memory: '1536Mi' } },
    wiring: {},
  }),
  new Service({
    metadata: metadataOf('worker'),
    spec: {
      clusterIP: 'None',
      selector: labelsOf('worker'),
      ports: [{ name: 'ops', port: ports.ops.worker, targetPort: 'ops', appProtocol: 'http' }],
    },
  }),
];
