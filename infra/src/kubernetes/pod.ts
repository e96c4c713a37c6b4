/** What the pods of both services, and of the tools beside them, have in common. */
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IPodTemplateSpec } from 'kubernetes-models/v1/PodTemplateSpec';
import type { IVolume } from 'kubernetes-models/v1/Volume';
import { ending, labelsOf, nameOf } from './names.js';

/** `node` of the image. */
const user = 1000;

interface PodOptions {
  readonly component: string;
  readonly container: Omit<IContainer, 'name' | 'image' | 'securityContext'>;
  readonly volumes?: readonly IVolume[];
  /** `bulkwatch-<component>` unless it says otherwise. */
  readonly image?: string;
  readonly user?: number;
  /** How long it may take to end, in seconds; what the services need unless it says otherwise. */
  readonly grace?: number;
}

/**
 * A pod of one container that Pod Security's profile `restricted` admits: no root, no capabilities, a read-only root
 * file system, and no token for the API of Kubernetes, which nothing here asks.
 */
export function podOf(options: PodOptions): IPodTemplateSpec {
  const { component, container, volumes = [] } = options;
  const id = options.user ?? user;
  return {
    metadata: { labels: labelsOf(component) },
    spec: {
      serviceAccountName: nameOf(component),
      automountServiceAccountToken: false,
      // Otherwise the Service bulkwatch-api would set BULKWATCH_API_PORT, to a URL.
      enableServiceLinks: false,
      terminationGracePeriodSeconds: options.grace ?? ending.serveOn + ending.grace + ending.spare,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: id,
        runAsGroup: id,
        fsGroup: id,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: component,
          image: options.image ?? nameOf(component),
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          ...container,
        },
      ],
      ...(volumes.length > 0 && { volumes: [...volumes] }),
    },
  };
}
