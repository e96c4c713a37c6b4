import { describe, expect, it } from 'vitest';
import { type Labels, overlayNames, readOverlay } from './support/kubernetes-objects.js';
import { type End, mayEnter, mayLeave } from './support/network-policies.js';

const overlays = overlayNames.map(readOverlay);
const inNamespace = (name: string): End => ({
  namespace: { 'kubernetes.io/metadata.name': name },
});
const caller: End = { namespace: { 'bulkwatch/calls-the-api': 'true' } };
const provider: End = { address: '93.184.215.14' };
const dns = inNamespace('kube-system');

describe.each(overlays)('overlay $name', (overlay) => {
  const policies = overlay.ofKind('NetworkPolicy').flatMap(({ spec }) => spec ?? []);
  const podOf = (component: string): Labels => overlay.workload(component).labels;
  const leaves = (component: string, end: End, port: number) =>
    mayLeave(policies, podOf(component), end, port);
  const enters = (end: End, component: string, port: number) =>
    mayEnter(policies, end, podOf(component), port);
  const connects = (from: string, to: string, port: number) =>
    leaves(from, { pod: podOf(to) }, port) && enters({ pod: podOf(from) }, to, port);

  it('lets a worker ask providers, over https and nothing else', () => {
    expect(leaves('worker', provider, 443)).toBe(true);
    expect(leaves('worker', { address: '2606:2800:21f:cb07::1' }, 443)).toBe(true);
    expect(leaves('worker', provider, 80)).toBe(false);
    expect(leaves('worker', provider, 8443)).toBe(false);
  });

  it.each([
    '10.1.2.3',
    '172.20.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.9',
    'fd00::1',
    'fe80::1',
  ])('does not let a worker ask %s inside', (address) => {
    expect(leaves('worker', { address }, 443)).toBe(false);
    expect(leaves('worker', { address }, 80)).toBe(false);
  });

  it('does not let the api ask anybody but Redis and the DNS', () => {
    expect(leaves('api', provider, 443)).toBe(false);
    expect(leaves('api', dns, 53)).toBe(true);
    expect(leaves('worker', dns, 53)).toBe(true);
  });

  it('lets in to the api whoever is named, and to the ops ports no caller', () => {
    expect(enters(caller, 'api', 8080)).toBe(true);
    expect(enters(inNamespace('somewhere'), 'api', 8080)).toBe(false);
    expect(enters(provider, 'api', 8080)).toBe(false);
    expect(connects('cli', 'api', 8080)).toBe(true);
    expect(connects('worker', 'api', 8080)).toBe(false);
    for (const port of [9101, 9102]) {
      expect(enters(caller, 'api', port)).toBe(false);
      expect(enters(inNamespace('somewhere'), 'worker', port)).toBe(false);
    }
  });

  it('lets Prometheus scrape where there is one', () => {
    const scraped = overlay.ofKind('ServiceMonitor').length > 0;
    expect(enters(inNamespace('monitoring'), 'api', 9101)).toBe(scraped);
    expect(enters(inNamespace('monitoring'), 'worker', 9102)).toBe(scraped);
  });

  it.each(['api', 'worker', 'cli'])('lets the %s reach Redis', (component) => {
    if (overlay.name === 'production') {
      expect(leaves(component, { address: '10.4.0.7' }, 6379)).toBe(true);
      expect(leaves(component, provider, 6379)).toBe(false);
    } else expect(connects(component, 'redis', 6379)).toBe(true);
  });
});

it('lets nobody but those that it serves reach the Redis beside them', () => {
  const minimal = readOverlay('minimal');
  const policies = minimal.ofKind('NetworkPolicy').flatMap(({ spec }) => spec ?? []);
  const redis = minimal.workload('redis').labels;
  for (const end of [caller, inNamespace('somewhere'), { pod: { app: 'other' } }])
    expect(mayEnter(policies, end, redis, 6379)).toBe(false);
  expect(mayLeave(policies, redis, provider, 443)).toBe(false);
});

it('lets the demo play', () => {
  const demo = readOverlay('demo');
  const policies = demo.ofKind('NetworkPolicy').flatMap(({ spec }) => spec ?? []);
  const labelsOf = (component: string) => demo.workload(component).labels;
  for (const [from, to, port] of [
    ['worker', 'simulator', 8090],
    ['demo', 'simulator', 8090],
    ['demo', 'api', 8080],
    ['demo', 'redis', 6379],
  ] as const) {
    expect(mayLeave(policies, labelsOf(from), { pod: labelsOf(to) }, port)).toBe(true);
    expect(mayEnter(policies, { pod: labelsOf(from) }, labelsOf(to), port)).toBe(true);
  }
});
