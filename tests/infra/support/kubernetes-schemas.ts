import { ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1';
import {
  PrometheusRule,
  ServiceMonitor,
} from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { Deployment, StatefulSet } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { Job } from 'kubernetes-models/batch/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, Namespace, Secret, Service, ServiceAccount } from 'kubernetes-models/v1';
import type { KubernetesObject } from './kubernetes-objects.js';

const models = {
  'apps/v1 Deployment': Deployment,
  'apps/v1 StatefulSet': StatefulSet,
  'autoscaling/v2 HorizontalPodAutoscaler': HorizontalPodAutoscaler,
  'batch/v1 Job': Job,
  'keda.sh/v1alpha1 ScaledObject': ScaledObject,
  'monitoring.coreos.com/v1 PrometheusRule': PrometheusRule,
  'monitoring.coreos.com/v1 ServiceMonitor': ServiceMonitor,
  'networking.k8s.io/v1 NetworkPolicy': NetworkPolicy,
  'policy/v1 PodDisruptionBudget': PodDisruptionBudget,
  'v1 ConfigMap': ConfigMap,
  'v1 Namespace': Namespace,
  'v1 Secret': Secret,
  'v1 Service': Service,
  'v1 ServiceAccount': ServiceAccount,
} as const;

/** Fields that are younger than the schemas: of a rule since the operator's 0.66, which docs/kubernetes.md asks for. */
const younger = /^\/spec\/groups\/\d+\/rules\/\d+\/keep_firing_for$/;

/** What the schema of an object's kind has to say against it. */
export function schemaProblems(object: KubernetesObject): string[] {
  const kind = `${object.apiVersion} ${object.kind}`;
  if (!(kind in models)) return [`${kind} is of no kind that is known here`];
  const { prototype }: { prototype: { validate(): void } } = models[kind as keyof typeof models];
  const where = `${object.kind} ${object.metadata.name}`;
  const unread = new Set<string>();
  try {
    prototype.validate.call(watched(object, '', unread));
    const unknown = [...unread].filter((path) => !younger.test(path));
    return unknown.map((path) => `${where}: ${path} is no field of it`);
  } catch (error) {
    return [`${where}: ${(error as Error).message}`];
  }
}

/**
 * The schemas say nothing of a field that they do not know, such as one that is misspelt; but they never look at it either.
 * Gives the same values, and keeps in `unread` the paths of those that nobody has looked at.
 */
function watched<T>(value: T, path: string, unread: Set<string>): T {
  if (typeof value !== 'object' || value === null) return value;
  const copy: object = Array.isArray(value) ? [] : {};
  for (const [key, inner] of Object.entries(value)) {
    const at = `${path}/${key}`;
    const seen = watched(inner as unknown, at, unread);
    unread.add(at);
    const get = () => {
      unread.delete(at);
      return seen;
    };
    Object.defineProperty(copy, key, { get, enumerable: true });
  }
  return copy as T;
}
