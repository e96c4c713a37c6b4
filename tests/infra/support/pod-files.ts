import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { IKeyToPath } from 'kubernetes-models/v1/KeyToPath';
import type { IVolume } from 'kubernetes-models/v1/Volume';
import { readText } from './infra-files.js';
import type { Overlay, Workload } from './kubernetes-objects.js';

/** Secrets that docs/kubernetes.md has operators make, and the files that are in them. */
export const documentedSecrets: ReadonlyMap<string, readonly string[]> = new Map(
  [
    ...readText('docs/kubernetes.md').matchAll(/create secret generic (\S+)((?: \\?\s*--\S+)+)/g),
  ].map(([, name = '', options = '']) => [
    name,
    [...options.matchAll(/--from-file=([^=\s]+)/g)].map(([, key = '']) => key),
  ]),
);

/** What stands in a Secret that is not in the overlay: something of the right form. */
const examples: Readonly<Record<string, string>> = {
  url: 'rediss://somebody@redis.example.org:6379',
  'seal-keys': `k1 ${Buffer.alloc(32, 7).toString('base64')}\n`,
};

/** The files of a Secret or ConfigMap, by name; undefined where there is none of that name. */
function filesOf(
  overlay: Overlay,
  kind: 'ConfigMap' | 'Secret',
  name = '',
): Map<string, string> | undefined {
  const { data } = overlay.ofKind(kind).find(({ metadata }) => metadata.name === name) ?? {};
  if (data === undefined) {
    const keys = kind === 'Secret' ? documentedSecrets.get(name) : undefined;
    return keys && new Map(keys.map((key) => [key, examples[key] ?? 'secret']));
  }
  const read = (text: string) =>
    kind === 'Secret' ? Buffer.from(text, 'base64').toString('utf8') : text;
  return new Map(Object.entries(data).map(([key, text]) => [key, read(text)]));
}

interface Source {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name?: string | undefined;
  readonly items?: readonly IKeyToPath[] | undefined;
  readonly optional?: boolean | undefined;
}

/** Where the files of a volume come from. */
export function sourcesOf({ configMap, secret, projected }: IVolume): Source[] {
  const sources = [
    { configMap, secret: secret && { ...secret, name: secret.secretName } },
    ...(projected?.sources ?? []),
  ];
  return sources.flatMap((source) => [
    ...(source.configMap ? [{ kind: 'ConfigMap' as const, ...source.configMap }] : []),
    ...(source.secret ? [{ kind: 'Secret' as const, ...source.secret }] : []),
  ]);
}

/** Puts below `folder` what a pod finds in its volumes. Gives what is missing. */
export function mountFiles(
  overlay: Overlay,
  { pod, container, claims }: Workload,
  folder: string,
): string[] {
  return (container.volumeMounts ?? []).flatMap(({ name, mountPath }) => {
    if (claims.includes(name)) return [];
    const volume = pod.volumes?.find((one) => one.name === name);
    if (!volume) return [`there is no volume ${name}`];
    return sourcesOf(volume).flatMap((source) =>
      mountSource(overlay, source, join(folder, mountPath)),
    );
  });
}

function mountSource(overlay: Overlay, source: Source, folder: string): string[] {
  const { kind, name, items, optional } = source;
  const files = filesOf(overlay, kind, name);
  if (!files) return optional ? [] : [`there is no ${kind} ${name}`];
  const wanted = items ?? [...files.keys()].map((key) => ({ key, path: key }));
  return wanted.flatMap(({ key, path }) => {
    const text = files.get(key);
    if (text === undefined) return [`${kind} ${name} has no ${key}`];
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    return [];
  });
}

/** The environment of a container, as the kubelet makes it. */
export function environmentOf(overlay: Overlay, { container }: Workload): Record<string, string> {
  const shared = (container.envFrom ?? []).flatMap(({ configMapRef }) => {
    const map = overlay
      .ofKind('ConfigMap')
      .find(({ metadata }) => metadata.name === configMapRef?.name);
    if (!map) throw new Error(`There is no ConfigMap ${configMapRef?.name}.`);
    return Object.entries(map.data ?? {});
  });
  const own = (container.env ?? []).map(({ name, value = '' }) => [name, value] as const);
  return Object.fromEntries([...shared, ...own]);
}
