import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { pathOf } from './infra-files.js';
import type { KubernetesObject } from './kubernetes-objects.js';

/** Runs kubectl, which asks no cluster for what we want of it. */
function kubectl(...args: readonly string[]): string {
  const { error, status, stdout, stderr } = spawnSync('kubectl', args, { encoding: 'utf8' });
  if (error) throw new Error('kubectl is not on PATH: install it.', { cause: error });
  if (status !== 0) throw new Error(`kubectl ${args.join(' ')}\n${stdout}${stderr}`);
  // A field that is about to go, for one.
  if (/warning/i.test(stderr)) throw new Error(stderr);
  return stdout;
}

/** What an overlay asks a cluster for. */
export function renderOverlay(name: string): KubernetesObject[] {
  const overlay = `kubernetes/overlays/${name}`;
  const text = isOld() ? renderOld(overlay) : kubectl('kustomize', pathOf(`infra/${overlay}`));
  return parseAllDocuments(text).map((document) => unfolded(document.toJS() as KubernetesObject));
}

/** Kustomize folds what is long in a Secret. Whoever decodes it does not mind, but the schema does. */
function unfolded<T extends KubernetesObject & { readonly data?: Record<string, string> }>(
  object: T,
): T {
  const { kind, data } = object;
  if (kind !== 'Secret' || data === undefined) return object;
  const lines = Object.entries(data).map(([key, text]) => [key, text.replace(/\s/g, '')]);
  return { ...object, data: Object.fromEntries(lines) };
}

/** Whether it is from before 1.21, as Debian 12's is: its kustomize is of 2019. */
function isOld(): boolean {
  const { clientVersion } = JSON.parse(kubectl('version', '--client', '--output=json')) as {
    clientVersion: { major: string; minor: string };
  };
  return clientVersion.major === '1' && Number.parseInt(clientVersion.minor, 10) < 21;
}

/** Renders a copy in the words of that time, which newer ones call deprecated. */
function renderOld(overlay: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'bulkwatch-kubernetes-'));
  try {
    for (const part of ['kubernetes', 'grafana', 'redis', 'demo'])
      cpSync(pathOf(`infra/${part}`), join(folder, part), { recursive: true });
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    for (const file of files.filter((name) => name.endsWith('kustomization.yaml')))
      writeFileSync(join(folder, file), inOldWords(readFileSync(join(folder, file), 'utf8')));
    return kubectl('kustomize', join(folder, overlay));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Kustomization {
  readonly resources?: readonly string[];
  readonly patches?: readonly { readonly path: string }[];
  readonly configMapGenerator?: readonly { readonly envs?: readonly string[] }[];
}

function inOldWords(text: string): string {
  const { resources = [], patches, configMapGenerator, ...rest } = parse(text) as Kustomization;
  const isFile = (name: string) => name.endsWith('.yaml');
  return stringify({
    ...rest,
    bases: resources.filter((name) => !isFile(name)),
    resources: resources.filter(isFile),
    ...(patches && { patchesStrategicMerge: patches.map(({ path }) => path) }),
    ...(configMapGenerator && {
      configMapGenerator: configMapGenerator.map(({ envs, ...one }) =>
        envs ? { ...one, env: envs[0] } : one,
      ),
    }),
  });
}
