import { BlockList, isIP } from 'node:net';
import type { INetworkPolicyPeer } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyPeer';
import type { INetworkPolicyPort } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyPort';
import type { INetworkPolicySpec } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicySpec';
import { hasLabels, type Labels } from './kubernetes-objects.js';

/** One end of a connection: a pod of ours, a pod of another namespace, or an address outside. */
export type End =
  | { readonly pod: Labels }
  | { readonly namespace: Labels }
  | { readonly address: string };

type Selector = INetworkPolicySpec['podSelector'] | undefined;

function selects(selector: Selector, labels: Labels): boolean {
  const { matchLabels, matchExpressions = [] } = selector ?? {};
  if (!hasLabels(labels, matchLabels)) return false;
  return matchExpressions.every(({ key, operator, values = [] }) => {
    if (operator !== 'In') throw new Error(`${operator} is not understood here.`);
    return values.includes(labels[key] ?? '');
  });
}

function isPeer(
  { podSelector, namespaceSelector, ipBlock }: INetworkPolicyPeer,
  end: End,
): boolean {
  if (ipBlock) return 'address' in end && isInBlock(ipBlock, end.address);
  if (namespaceSelector && podSelector) throw new Error('Both selectors are not understood here.');
  if (namespaceSelector) return 'namespace' in end && selects(namespaceSelector, end.namespace);
  return 'pod' in end && selects(podSelector, end.pod);
}

function isInBlock({ cidr, except = [] }: { cidr: string; except?: string[] }, address: string) {
  return isInside(cidr, address) && !except.some((inner) => isInside(inner, address));
}

function isInside(cidr: string, address: string): boolean {
  const [network = '', bits] = cidr.split('/');
  if (isIP(network) !== isIP(address)) return false;
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family);
  return list.check(address, family);
}

interface Rule {
  readonly ports?: readonly INetworkPolicyPort[] | undefined;
  readonly peers?: readonly INetworkPolicyPeer[] | undefined;
}

const lets = ({ ports, peers }: Rule, end: End, port: number): boolean =>
  (!ports || ports.some((one) => one.protocol === 'TCP' && one.port === port)) &&
  (!peers || peers.some((peer) => isPeer(peer, end)));

/** Whether a pod of ours is let out to `end`, as Kubernetes adds policies up: none that selects it means it is. */
export function mayLeave(
  policies: readonly INetworkPolicySpec[],
  pod: Labels,
  end: End,
  port: number,
): boolean {
  const own = policies.filter(
    ({ podSelector, policyTypes }) => policyTypes?.includes('Egress') && selects(podSelector, pod),
  );
  const rules = own.flatMap(({ egress = [] }) =>
    egress.map(({ to, ports }) => ({ peers: to, ports })),
  );
  return own.length === 0 || rules.some((rule) => lets(rule, end, port));
}

/** Whether `end` is let in to a pod of ours. */
export function mayEnter(
  policies: readonly INetworkPolicySpec[],
  end: End,
  pod: Labels,
  port: number,
): boolean {
  const own = policies.filter(
    ({ podSelector, policyTypes }) => policyTypes?.includes('Ingress') && selects(podSelector, pod),
  );
  const rules = own.flatMap(({ ingress = [] }) =>
    ingress.map(({ from, ports }) => ({ peers: from, ports })),
  );
  return own.length === 0 || rules.some((rule) => lets(rule, end, port));
}
