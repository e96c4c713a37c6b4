/** What is deployed of either service: the pods, what spreads and spares them, and their account without rights. */
import { Deployment } from 'kubernetes-models/apps/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ServiceAccount } from 'kubernetes-models/v1';
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IContainerPort } from 'kubernetes-models/v1/ContainerPort';
import type { ITopologySpreadConstraint } from 'kubernetes-models/v1/TopologySpreadConstraint';
import type { Model } from './manifest.js';
import { mountsOf } from './mounts.js';
import { type Component, ending, labelsOf, metadataOf, ports } from './names.js';
import { podOf } from './pod.js';

interface ServiceOptions {
  readonly component: Component;
  readonly ports: readonly IContainerPort[];
  readonly resources: NonNullable<IContainer['resources']>;
  /** Settings of how the parts are wired together, which settings.env therefore cannot change. */
  readonly wiring: Readonly<Record<string, string>>;
}

/** Account, pods and disruption budget of a service. */
export const workloadOf = (options: ServiceOptions): Model[] => [
  accountOf(options.component),
  deploymentOf(options),
  budgetOf(options.component),
];

/** An account of its own and without rights, so that nobody gives rights to `default` and means this. */
export const accountOf = (component: string): Model =>
  new ServiceAccount({ metadata: metadataOf(component), automountServiceAccountToken: false });

function deploymentOf({ component, ...options }: ServiceOptions): Model {
  const { env, volumeMounts, volumes } = mountsOf(component);
  const template = podOf({
    component,
    volumes,
    container: {
      envFrom: [{ configMapRef: { name: 'bulkwatch-settings' } }],
      env: [
        ...env,
        // Probes and Prometheus come from outside of the pod; the NetworkPolicies say who else may.
        { name: 'BULKWATCH_OPS_HOST', value: '0.0.0.0' },
        { name: 'BULKWATCH_SHUTDOWN_GRACE', value: `${ending.grace}s` },
        ...Object.entries(options.wiring).map(([name, value]) => ({ name, value })),
      ],
      ports: [{ name: 'ops', containerPort: ports.ops[component] }, ...options.ports],
      resources: options.resources,
      volumeMounts: [...volumeMounts],
      ...probes,
      lifecycle: { preStop: { sleep: { seconds: ending.serveOn } } },
    },
  });
  if (template.spec) template.spec.topologySpreadConstraints = spreadOf(component);
  return new Deployment({
    metadata: metadataOf(component),
    spec: {
      replicas: 2,
      selector: { matchLabels: labelsOf(component) },
      // A new pod is ready before an old one goes.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template,
    },
  });
}

/**
 * /livez asks nobody else, so that no outage of Redis or of a provider restarts a pod. A starting service waits 30 s
 * for Redis before it gives up by itself; the kubelet waits longer.
 */
const probes = {
  startupProbe: { ...probe('/livez'), periodSeconds: 2, failureThreshold: 30 },
  livenessProbe: { ...probe('/livez'), periodSeconds: 10, failureThreshold: 3 },
  readinessProbe: { ...probe('/readyz'), periodSeconds: 5, failureThreshold: 2 },
} as const;

/** The ops port answers within two seconds, that it does not know if need be. */
function probe(path: string) {
  return { httpGet: { path, port: 'ops' }, timeoutSeconds: 3 };
}

/**
 * Over zones and nodes where it can be had; a pod on a full node beats one that waits. Only pods of one release
 * count: otherwise those that are about to go decide where the new ones come.
 */
const spreadOf = (component: Component): ITopologySpreadConstraint[] =>
  ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: labelsOf(component) },
    matchLabelKeys: ['pod-template-hash'],
  }));

/**
 * One at a time, and a single replica may go too: nothing is lost while nobody polls, it is only late. Pods that are
 * not ready, as while Redis is away, hold up no drain.
 */
const budgetOf = (component: Component): Model =>
  new PodDisruptionBudget({
    metadata: metadataOf(component),
    spec: {
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: labelsOf(component) },
    },
  });
