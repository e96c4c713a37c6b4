import { Deployment } from 'kubernetes-models/apps/v1';
import type { Model } from './manifest.js';
import { mountsOf } from './mounts.js';
import { labelsOf, metadataOf, nameOf, ports } from './names.js';
import { podOf } from './pod.js';
import { accountOf } from './workload.js';

/**
 * The command line tool, with the settings of the services. Nobody is there until it is scaled to one:
 * `kubectl -n bulkwatch scale deployment/bulkwatch-cli --replicas=1`, and to zero afterwards.
 */
export function cliModels(): Model[] {
  const { env, volumeMounts, volumes } = mountsOf('cli');
  return [
    accountOf('cli'),
    new Deployment({
      metadata: metadataOf('cli'),
      spec: {
        replicas: 0,
        selector: { matchLabels: labelsOf('cli') },
        template: podOf({
          component: 'cli',
          // Process 1 ignores signals that it does not handle: nothing is gained by waiting for it.
          grace: 1,
          volumes,
          container: {
            // So that `kubectl exec` finds somebody.
            command: ['sleep', 'infinity'],
            envFrom: [{ configMapRef: { name: 'bulkwatch-settings' } }],
            env: [
              ...env,
              { name: 'BULKWATCH_API_URL', value: `http://${nameOf('api')}:${ports.api}` },
            ],
            resources: { requests: { cpu: '50m', memory: '256Mi' }, limits: { memory: '256Mi' } },
            volumeMounts: [...volumeMounts],
          },
        }),
      },
    }),
  ];
}
