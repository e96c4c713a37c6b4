import { readdirSync } from 'node:fs';
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import { describe, expect, it } from 'vitest';
import type { ComposeFile } from './support/compose-file.js';
import { pathOf, readText, readYaml } from './support/infra-files.js';
import { hasLabels, overlayNames, readOverlay } from './support/kubernetes-objects.js';
import { schemaProblems } from './support/kubernetes-schemas.js';

const overlays = overlayNames.map(readOverlay);

describe.each(overlays)('overlay $name', (overlay) => {
  const { objects, workloads, ofKind } = overlay;
  const running = workloads.filter(({ kind }) => kind !== 'Job');

  it('is what the schemas of Kubernetes and its operators want', () => {
    expect(objects.length).toBeGreaterThan(15);
    expect(objects.flatMap(schemaProblems)).toEqual([]);
  });

  it('is in one namespace, which admits no pod that asks for more than it needs', () => {
    const [namespace] = ofKind('Namespace');
    const rest = objects.filter(({ kind }) => kind !== 'Namespace');
    expect(new Set(rest.map(({ metadata }) => metadata.namespace))).toEqual(
      new Set([namespace?.metadata.name]),
    );
    expect(namespace?.metadata.labels).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'restricted',
    });
  });

  it.each(workloads)('runs $name with no more rights than it needs', ({ name, pod, container }) => {
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(pod.securityContext?.runAsUser).toBeGreaterThan(0);
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(pod.hostNetwork ?? pod.hostPID ?? pod.hostIPC ?? pod.initContainers).toBeUndefined();
    expect(pod.volumes?.filter(({ hostPath }) => hostPath)).toEqual(pod.volumes && []);
    expect(pod.automountServiceAccountToken).toBe(false);
    const account = ofKind('ServiceAccount').find(
      ({ metadata }) => metadata.name === pod.serviceAccountName,
    );
    expect(account, name).toMatchObject({ automountServiceAccountToken: false });
  });

  it.each(workloads)(
    'says what $name takes, and which image it is to the last digit',
    ({ container }) => {
      const { requests, limits } = container.resources ?? {};
      expect(requests).toMatchObject({ cpu: expect.any(String), memory: expect.any(String) });
      expect(limits).toEqual({ memory: expect.any(String) });
      expect(container.image).toMatch(/^[\w./-]+:\d+\.\d+\.\d+(-[\w.-]+)?$/);
    },
  );

  it('selects the pods that it means', () => {
    const selected = (labels: Readonly<Record<string, string>> | undefined) =>
      workloads.filter((workload) => hasLabels(workload.labels, labels)).map(({ name }) => name);
    for (const { spec, metadata } of [...ofKind('Deployment'), ...ofKind('StatefulSet')])
      expect(selected(spec?.selector.matchLabels)).toEqual([metadata.name]);
    for (const { spec, metadata } of ofKind('PodDisruptionBudget'))
      expect(selected(spec?.selector?.matchLabels)).toEqual([metadata.name]);
    for (const { spec } of ofKind('Service')) expect(selected(spec?.selector)).toHaveLength(1);
  });

  it('has Services lead to ports that their pods have', () => {
    for (const { spec, metadata } of ofKind('Service')) {
      const target = workloads.find(({ labels }) => hasLabels(labels, spec?.selector));
      const names = target?.container.ports?.map(({ name }) => name);
      for (const { targetPort } of spec?.ports ?? [])
        expect(names, metadata.name).toContain(targetPort);
    }
  });

  it.each(running)('asks $name for its health where it has a port', ({ container }) => {
    const { ports = [], startupProbe, livenessProbe, readinessProbe } = container;
    const names = ports.map(({ name }) => name);
    for (const probe of [startupProbe, livenessProbe, readinessProbe]) {
      const asked = probe?.httpGet?.port ?? probe?.tcpSocket?.port;
      if (asked !== undefined) expect(names).toContain(asked);
    }
    if (ports.length > 0) expect(readinessProbe).toBeDefined();
  });

  it.each(['api', 'worker'])(
    'keeps the %s up while it is rolled out or a node is drained',
    (component) => {
      const deployment = ofKind('Deployment').find(
        ({ metadata }) => metadata.name === `bulkwatch-${component}`,
      );
      expect(deployment?.spec?.strategy).toEqual({
        type: 'RollingUpdate',
        rollingUpdate: { maxUnavailable: 0, maxSurge: 1 },
      });
      const { pod, container, labels } = overlay.workload(component);
      expect(container.livenessProbe?.httpGet?.path).toBe('/livez');
      expect(container.readinessProbe?.httpGet?.path).toBe('/readyz');
      expect(pod.topologySpreadConstraints?.map(({ topologyKey }) => topologyKey)).toEqual([
        'topology.kubernetes.io/zone',
        'kubernetes.io/hostname',
      ]);
      for (const { labelSelector } of pod.topologySpreadConstraints ?? [])
        expect(hasLabels(labels, labelSelector?.matchLabels)).toBe(true);
      const budget = ofKind('PodDisruptionBudget').find(
        ({ metadata }) => metadata.name === `bulkwatch-${component}`,
      );
      expect(budget?.spec).toMatchObject({ maxUnavailable: 1 });
    },
  );
});

describe('a schema', () => {
  const [deployment] = overlays[0]?.ofKind('Deployment') ?? [];
  const problemsOf = (change: (container: IContainer, pod: IPodSpec) => unknown) => {
    const copy = structuredClone(deployment);
    const pod = copy?.spec?.template.spec;
    const [container] = pod?.containers ?? [];
    if (!copy || !pod || !container) throw new Error('There is no Deployment.');
    change(container, pod);
    return schemaProblems(copy);
  };

  it('sees a value that is not as it wants it', () => {
    expect(
      problemsOf(({ ports }) => Object.assign(ports?.[0] ?? {}, { containerPort: 'ops' })),
    ).toEqual([expect.stringContaining('containerPort must be integer')]);
  });

  it('sees a field that is misspelt, as in a patch of an overlay', () => {
    expect(problemsOf((_, pod) => Object.assign(pod, { enableServiceLink: false }))).toEqual([
      expect.stringContaining('/enableServiceLink is no field'),
    ]);
  });
});

it('is the Redis of compose that is deployed beside the services', () => {
  const minimal = overlays.find(({ name }) => name === 'minimal');
  const compose = readYaml<ComposeFile>('docker-compose.yml');
  expect(minimal?.workload('redis').container.image).toBe(compose.services['redis']?.image);
});

it('is all that docs/kubernetes.md tells of', () => {
  const told = [...readText('docs/kubernetes.md').matchAll(/^\| `([a-z/]+)` \|/gm)];
  const folders = ['', 'overlays/'].flatMap((below) =>
    readdirSync(pathOf(`infra/kubernetes/${below}`)).map((name) => `${below}${name}`),
  );
  // What the demo adds is told of as its overlay.
  const expected = folders.filter((name) => !['overlays', 'demo'].includes(name));
  expect(told.map(([, name]) => name).toSorted()).toEqual(expected.toSorted());
});
