import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadCredentialBindings } from '@bulkwatch/egress';
import { loadSettings } from '@bulkwatch/runtime';
import { afterAll, describe, expect, it } from 'vitest';
import { type Overlay, overlayNames, readOverlay } from './support/kubernetes-objects.js';
import { documentedSecrets, environmentOf, mountFiles, sourcesOf } from './support/pod-files.js';

const overlays = overlayNames.map(readOverlay);
const folder = mkdtempSync(join(tmpdir(), 'bulkwatch-pods-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The environment of a pod, with its files below a folder of ours. */
function environmentHere(overlay: Overlay, component: string): Record<string, string> {
  const workload = overlay.workload(component);
  const root = mkdtempSync(join(folder, `${component}-`));
  mountFiles(overlay, workload, root);
  return Object.fromEntries(
    Object.entries(environmentOf(overlay, workload)).map(([name, value]) => [
      name,
      name.endsWith('_FILE') ? join(root, value) : value,
    ]),
  );
}

describe.each(overlays)('overlay $name', (overlay) => {
  it.each(overlay.workloads)('gives $name the files that it mounts', (workload) => {
    expect(mountFiles(overlay, workload, join(folder, overlay.name, workload.name))).toEqual([]);
  });

  it.each(['api', 'worker', 'cli'] as const)(
    'gives the %s settings that it starts with',
    (component) => {
      const settings = loadSettings(component, environmentHere(overlay, component));
      expect(settings.redisUrl.reveal()).toMatch(/^rediss?:/);
      expect(existsSync(settings.sealKeysFile ?? '')).toBe(true);
    },
  );

  it('has a credentials file that both services take, and the secrets that it names', async () => {
    const { credentialsFile = '', dangerouslyAllowHttp: allowHttp } = loadSettings(
      'worker',
      environmentHere(overlay, 'worker'),
    );
    await expect(loadCredentialBindings(credentialsFile, { allowHttp })).resolves.toBeDefined();
    const named = readFileSync(credentialsFile, 'utf8').matchAll(/"\w+File": "([^"]+)"/g);
    for (const [, name = ''] of named)
      expect(existsSync(join(dirname(credentialsFile), name)), name).toBe(true);
  });

  it.each(['api', 'worker'] as const)('lets the %s finish before it is killed', (component) => {
    const { shutdownGraceMs, requestTimeoutMs } = loadSettings(
      component,
      environmentHere(overlay, component),
    );
    const { pod, container } = overlay.workload(component);
    const servesOnMs = (container.lifecycle?.preStop?.sleep?.seconds ?? 0) * 1_000;
    expect(servesOnMs).toBeGreaterThan(0);
    expect((pod.terminationGracePeriodSeconds ?? 0) * 1_000).toBeGreaterThan(
      servesOnMs + shutdownGraceMs,
    );
    // A worker cuts polls off when 60 % of its grace are over: services/worker/src/worker.ts.
    expect(shutdownGraceMs * 0.6).toBeGreaterThan(requestTimeoutMs);
  });

  it('has the api send callers away, who keep their connections, before it ends', () => {
    const { shutdownDelayMs } = loadSettings('api', environmentHere(overlay, 'api'));
    expect(shutdownDelayMs).toBeGreaterThan(0);
  });

  it.each(['api', 'worker'] as const)('asks the %s where it listens', (component) => {
    const settings = loadSettings(component, environmentHere(overlay, component));
    const listening = {
      ops: component === 'api' ? settings.apiOpsPort : settings.workerOpsPort,
      ...(component === 'api' && { http: settings.apiPort }),
    };
    const { ports = [], livenessProbe } = overlay.workload(component).container;
    expect(
      Object.fromEntries(ports.map(({ name, containerPort }) => [name, containerPort])),
    ).toEqual(listening);
    expect(livenessProbe?.httpGet?.port).toBe('ops');
  });

  it('says nothing of other Services to a pod, which would take it for settings', () => {
    for (const { pod } of overlay.workloads) expect(pod.enableServiceLinks).toBe(false);
    const env = environmentHere(overlay, 'api');
    const names = overlay.ofKind('Service').map(({ metadata }) => metadata.name);
    expect(names).toContain('bulkwatch-api');
    // What Kubernetes would call the address of that Service.
    expect(() => loadSettings('api', { ...env, BULKWATCH_API_SERVICE_HOST: '10.0.0.1' })).toThrow(
      /BULKWATCH_API_SERVICE_HOST: is no setting/,
    );
  });

  it('keeps secrets in Secrets, for whoever needs them alone', () => {
    const holders = (secret: string) =>
      overlay.workloads
        .filter(({ pod }) =>
          (pod.volumes ?? []).some((volume) =>
            sourcesOf(volume).some(
              ({ kind, name }) => kind === 'Secret' && name?.startsWith(secret),
            ),
          ),
        )
        .map(({ name }) => name);
    expect(holders('bulkwatch-credential-secrets')).toEqual(['bulkwatch-worker']);
    for (const component of ['api', 'worker', 'cli'])
      expect(holders(`bulkwatch-${component}-redis`)).toEqual([`bulkwatch-${component}`]);
    expect(holders('bulkwatch-seal-keys')).toEqual([
      'bulkwatch-api',
      'bulkwatch-cli',
      'bulkwatch-worker',
    ]);
  });

  it('mounts whole folders, in which a Secret that is replaced appears', () => {
    for (const { container } of overlay.workloads)
      for (const { subPath } of container.volumeMounts ?? []) expect(subPath).toBeUndefined();
  });
});

it('has operators make the Secrets that are in no overlay, and no others', () => {
  const ours = (name: string) =>
    overlays.some(({ workloads }) =>
      workloads.some(({ pod }) =>
        (pod.volumes ?? []).some((volume) =>
          sourcesOf(volume).some((source) => source.name === name),
        ),
      ),
    );
  expect(documentedSecrets.size).toBeGreaterThan(3);
  expect([...documentedSecrets.keys()].filter((name) => !ours(name))).toEqual([]);
});
