/** Who may connect to whom. What is not said here is refused, in either direction. */
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import type { INetworkPolicySpec } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicySpec';
import type { Model } from './manifest.js';
import { labelsOf, monitoring, nameOf, ports } from './names.js';

/** Namespaces with this label may call the api: label that of your ingress controller. */
const mayCall = { 'bulkwatch/calls-the-api': 'true' };

/** Networks that no provider is in: private, link-local (where clouds answer with keys), shared and our own. */
const inside = {
  v4: [
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.168.0.0/16',
  ],
  v6: ['::1/128', 'fc00::/7', 'fe80::/10'],
};

const policy = (
  name: string,
  podSelector: INetworkPolicySpec['podSelector'],
  rules: Pick<INetworkPolicySpec, 'ingress' | 'egress'>,
): Model =>
  new NetworkPolicy({
    metadata: { name: nameOf(name) },
    spec: {
      podSelector,
      policyTypes: [
        ...(rules.ingress ? (['Ingress'] as const) : []),
        ...(rules.egress ? (['Egress'] as const) : []),
      ],
      ...rules,
    },
  });

const components = (...names: string[]) => ({
  matchLabels: { 'app.kubernetes.io/name': 'bulkwatch' },
  matchExpressions: [{ key: 'app.kubernetes.io/component', operator: 'In', values: names }],
});
const tcp = (port: number) => ({ protocol: 'TCP' as const, port });
const namespaceNamed = (name: string) => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
});

/** Of the services. Probes need no rule: a node may always speak to its own pods. */
export const networkPolicies = (): Model[] => [
  policy('nothing-else', {}, { ingress: [], egress: [] }),
  policy(
    'names',
    {},
    { egress: [{ to: resolvers, ports: [{ protocol: 'UDP', port: 53 }, tcp(53)] }] },
  ),
  // Redis may be anywhere; the production overlay says where.
  policy('redis', components('api', 'worker', 'cli'), { egress: [{ ports: [tcp(ports.redis)] }] }),
  // Providers, token endpoints and webhooks. Egress refuses addresses inside by itself: this is the second lock.
  policy('providers', components('worker'), { egress: [{ to: internet, ports: [tcp(443)] }] }),
  policy('callers', components('api'), {
    ingress: [
      {
        from: [{ namespaceSelector: { matchLabels: mayCall } }, { podSelector: components('cli') }],
        ports: [tcp(ports.api)],
      },
    ],
  }),
  policy('calls', components('cli'), {
    egress: [{ to: [{ podSelector: { matchLabels: labelsOf('api') } }], ports: [tcp(ports.api)] }],
  }),
];

/** Lets Prometheus alone read the ops ports. */
export const scrapePolicy = (): Model =>
  policy('scrapes', components('api', 'worker'), {
    ingress: [
      {
        from: [namespaceNamed(monitoring.namespace)],
        ports: [tcp(ports.ops.api), tcp(ports.ops.worker)],
      },
    ],
  });

/** Lets the services reach the Redis that is deployed beside them, and nobody else. */
export const redisPolicy = (): Model =>
  policy('redis-callers', components('redis'), {
    ingress: [
      {
        from: [{ podSelector: components('api', 'worker', 'cli') }],
        ports: [tcp(ports.redis)],
      },
    ],
  });

/** Lets workers poll the simulator, and what registers the demo's exports do so. */
export const demoPolicies = (): Model[] =>
  [
    allow('demo-polls', ['worker', 'demo'], 'simulator', ports.simulator),
    allow('demo-calls', ['demo'], 'api', ports.api),
    allow('demo-redis', ['demo'], 'redis', ports.redis),
  ].flat();

/** Both halves of a connection inside of the namespace: leaving one pod, and being let into the other. */
const allow = (name: string, from: readonly string[], to: string, port: number): Model[] => [
  policy(`${name}-out`, components(...from), {
    egress: [{ to: [{ podSelector: components(to) }], ports: [tcp(port)] }],
  }),
  policy(`${name}-in`, components(to), {
    ingress: [{ from: [{ podSelector: components(...from) }], ports: [tcp(port)] }],
  }),
];

/** The cluster's DNS, and the cache on the node where there is one. */
const resolvers = [namespaceNamed('kube-system'), { ipBlock: { cidr: '169.254.20.10/32' } }];

const internet = [
  { ipBlock: { cidr: '0.0.0.0/0', except: inside.v4 } },
  { ipBlock: { cidr: '::/0', except: inside.v6 } },
];
