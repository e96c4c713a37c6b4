/** How many pods there are: as many workers as polls need to be on time, as many apis as they have work. */
import { ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import type { Model } from './manifest.js';
import { metadataOf, monitoring, nameOf } from './names.js';

/** One after the other, and not before ten minutes were calm: a backlog comes in waves. */
const calmly = {
  stabilizationWindowSeconds: 600,
  policies: [{ type: 'Pods', value: 1, periodSeconds: 300 }],
};

const prometheus = (query: string, rest: Readonly<Record<string, string>>) => ({
  serverAddress: monitoring.prometheus,
  query,
  // No answer is no zero: workers that nobody can see may be polling. Then `fallback` says how many there are to be. It is
  // there for both types of metric since KEDA 2.18; before 2.17 it was refused beside the type `Value`.
  ignoreNullValues: 'false',
  ...rest,
});

/**
 * Workers, by what is late. The length of BullMQ's lists says nothing: nearly all entries are delayed on purpose, and
 * those lists may be lost. Never fewer than two, so that one may go: with none nobody notices that a poll is due.
 * More of them never poll a provider faster than it allows; that is counted for all of them together, in Redis.
 */
export const workerScaler = (): Model =>
  new ScaledObject({
    metadata: metadataOf('worker'),
    spec: {
      scaleTargetRef: { name: nameOf('worker') },
      minReplicaCount: 2,
      maxReplicaCount: 8,
      pollingInterval: 15,
      fallback: { failureThreshold: 4, replicas: 3 },
      advanced: { horizontalPodAutoscalerConfig: { behavior: { scaleDown: calmly } } },
      triggers: [
        {
          // A worker for each 200 overdue jobs: twice what one has under way at once.
          type: 'prometheus',
          name: 'overdue',
          metricType: 'AverageValue',
          metadata: prometheus('max(bulkwatch_overdue_jobs)', { threshold: '200' }),
        },
        {
          // Twice as many where one poll in a hundred starts twice as late as promised. No polls are NaN, and on time.
          type: 'prometheus',
          name: 'lateness',
          metricType: 'Value',
          metadata: prometheus(
            '(histogram_quantile(0.99, sum by (le) (rate(bulkwatch_poll_lateness_seconds_bucket[2m]))) >= 0) or vector(0)',
            { threshold: '5' },
          ),
        },
      ],
    },
  });

/** The api, by processor time: what it holds open for callers who wait costs none. */
export const apiScaler = (): Model =>
  new HorizontalPodAutoscaler({
    metadata: metadataOf('api'),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: nameOf('api') },
      minReplicas: 2,
      maxReplicas: 6,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
        },
      ],
      behavior: { scaleDown: calmly },
    },
  });
