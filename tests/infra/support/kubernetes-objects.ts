import type { IScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1';
import type {
  IPrometheusRule,
  IServiceMonitor,
} from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import type { IDeployment, IStatefulSet } from 'kubernetes-models/apps/v1';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import type { IJob } from 'kubernetes-models/batch/v1';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1';
import type {
  IConfigMap,
  INamespace,
  ISecret,
  IService,
  IServiceAccount,
} from 'kubernetes-models/v1';
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import { renderOverlay } from './kubectl.js';

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

interface Kinds {
  readonly ConfigMap: IConfigMap;
  readonly Deployment: IDeployment;
  readonly HorizontalPodAutoscaler: IHorizontalPodAutoscaler;
  readonly Job: IJob;
  readonly Namespace: INamespace;
  readonly NetworkPolicy: INetworkPolicy;
  readonly PodDisruptionBudget: IPodDisruptionBudget;
  readonly PrometheusRule: IPrometheusRule;
  readonly ScaledObject: IScaledObject;
  readonly Secret: ISecret;
  readonly Service: IService;
  readonly ServiceAccount: IServiceAccount;
  readonly ServiceMonitor: IServiceMonitor;
  readonly StatefulSet: IStatefulSet;
}

/** Something that runs pods. */
export interface Workload {
  readonly kind: string;
  readonly name: string;
  readonly labels: Labels;
  readonly pod: IPodSpec;
  readonly container: IContainer;
  /** Names of the volumes that are made for it. */
  readonly claims: readonly string[];
}

export type Labels = Readonly<Record<string, string>>;

/** What is in one overlay, by kind. */
export interface Overlay {
  readonly name: string;
  readonly objects: readonly KubernetesObject[];
  ofKind<K extends keyof Kinds>(kind: K): (Kinds[K] & KubernetesObject)[];
  /** The pods of a workload, `bulkwatch-<component>`. */
  workload(component: string): Workload;
  readonly workloads: readonly Workload[];
}

export const overlayNames = ['production', 'minimal', 'demo'] as const;

export function readOverlay(name: string): Overlay {
  const objects = renderOverlay(name);
  const ofKind: Overlay['ofKind'] = (kind) =>
    objects.filter((object) => object.kind === kind) as never;
  const workloads = (['Deployment', 'StatefulSet', 'Job'] as const).flatMap((kind) =>
    ofKind(kind).map((object) => workloadOf(object)),
  );
  const workload = (component: string): Workload => {
    const found = workloads.find((one) => one.name === `bulkwatch-${component}`);
    if (!found) throw new Error(`Overlay ${name} has no ${component}.`);
    return found;
  };
  return { name, objects, ofKind, workload, workloads };
}

function workloadOf({
  kind,
  metadata,
  spec,
}: (IDeployment | IStatefulSet | IJob) & KubernetesObject): Workload {
  const { metadata: template, spec: pod } = spec?.template ?? {};
  const [container, ...others] = pod?.containers ?? [];
  if (!pod || !container || others.length > 0)
    throw new Error(`${kind} ${metadata.name} is not of one container.`);
  const templates = spec && 'volumeClaimTemplates' in spec ? spec.volumeClaimTemplates : [];
  const claims = (templates ?? []).flatMap((claim) => claim.metadata?.name ?? []);
  return { kind, name: metadata.name, labels: template?.labels ?? {}, pod, container, claims };
}

/** Whether labels are among those that `wanted` asks for. */
export const hasLabels = (labels: Labels, wanted: Labels = {}): boolean =>
  Object.entries(wanted).every(([key, value]) => labels[key] === value);
