import { Service } from 'kubernetes-models/v1';
import type { Model } from './manifest.js';
import { ending, labelsOf, metadataOf, ports } from './names.js';
import { workloadOf } from './workload.js';

/**
 * The api, and the Service that callers reach it by; TLS is ended by what stands before that.
 *
 * No CPU limit: throttled for the rest of a tenth of a second, an api answers late while the node idles. Memory is
 * asked for as it is limited to, so that a node that runs out of it kills others first.
 */
export const apiModels = (): Model[] => [
  ...workloadOf({
    component: 'api',
    ports: [{ name: 'http', containerPort: ports.api }],
    resources: { requests: { cpu: '250m', memory: '512Mi' }, limits: { memory: '512Mi' } },
    wiring: {
      BULKWATCH_API_HOST: '0.0.0.0',
      // Callers that keep their connections are sent to others, once no new ones come.
      BULKWATCH_SHUTDOWN_DELAY: `${ending.serveOn}s`,
    },
  }),
  new Service({
    metadata: metadataOf('api'),
    spec: {
      selector: labelsOf('api'),
      ports: [
        { name: 'http', port: ports.api, targetPort: 'http', appProtocol: 'http' },
        { name: 'ops', port: ports.ops.api, targetPort: 'ops', appProtocol: 'http' },
      ],
    },
  }),
];
