import { StatefulSet } from 'kubernetes-models/apps/v1';
import { Service } from 'kubernetes-models/v1';
import type { Model } from './manifest.js';
import { labelsOf, metadataOf, nameOf, ports } from './names.js';
import { redisPolicy } from './network-policies.js';
import { podOf } from './pod.js';
import { accountOf } from './workload.js';

/** `redis` of the image. */
const user = 999;
const ask = { exec: { command: ['redis-cli', '-e', 'ping'] }, timeoutSeconds: 3 };

/**
 * One Redis without a password that only our pods reach, its append-only file on a volume that stays: for trying, and
 * where a node that is down for a while may stop everything. Production has one that somebody looks after.
 */
export const redisModels = (): Model[] => [
  accountOf('redis'),
  new StatefulSet({
    metadata: metadataOf('redis'),
    spec: {
      replicas: 1,
      serviceName: nameOf('redis'),
      selector: { matchLabels: labelsOf('redis') },
      template: podOf({
        component: 'redis',
        image: 'redis:7.4.11-alpine',
        user,
        container: {
          command: ['redis-server', '/etc/redis/redis.conf', '--protected-mode', 'no'],
          ports: [{ name: 'redis', containerPort: ports.redis }],
          // 512 MB of records, and as much again while the append-only file is rewritten.
          args: ['--maxmemory', '512mb'],
          resources: { requests: { cpu: '250m', memory: '1Gi' }, limits: { memory: '1Gi' } },
          // A large append-only file takes minutes to load; not ready, it is left alone.
          livenessProbe: { tcpSocket: { port: 'redis' }, periodSeconds: 20, failureThreshold: 6 },
          readinessProbe: { ...ask, periodSeconds: 5 },
          volumeMounts: [
            { name: 'config', mountPath: '/etc/redis', readOnly: true },
            { name: 'data', mountPath: '/data' },
          ],
        },
        volumes: [{ name: 'config', configMap: { name: 'bulkwatch-redis-config' } }],
      }),
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '8Gi' } } },
        },
      ],
    },
  }),
  new Service({
    metadata: metadataOf('redis'),
    spec: {
      clusterIP: 'None',
      selector: labelsOf('redis'),
      ports: [{ name: 'redis', port: ports.redis, targetPort: 'redis' }],
    },
  }),
  redisPolicy(),
];

/** How to reach it, in the Secrets that the pods read it from. Without a password there is nothing to hide. */
export const redisUrls = ['api', 'worker', 'cli'].map((component) => ({
  name: `bulkwatch-${component}-redis`,
  literals: [`url=redis://${nameOf('redis')}:${ports.redis}`],
}));
