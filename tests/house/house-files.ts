import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, resolve } from 'node:path';

/** A text file of the house. `path` is relative to the root, with forward slashes. */
export interface HouseFile {
  readonly path: string;
  readonly text: string;
}

export const root = resolve(import.meta.dirname, '../..');

const notOurs = new Set(['node_modules', 'dist', '.git', '.bulkwatch', 'coverage']);
const binary = new Set(['.png', '.ico', '.gz', '.tsbuildinfo', '.log']);

/** Every text file that is ours, generated ones included; not what was installed or built. */
export const houseFiles: readonly HouseFile[] = walk(root).map((file) => ({
  path: relative(root, file).replaceAll('\\', '/'),
  text: readFileSync(file, 'utf8'),
}));

/** Files whose path matches; throws when there are none, since a rule over nothing would always hold. */
export function filesAt(pattern: RegExp): readonly HouseFile[] {
  const found = houseFiles.filter(({ path }) => pattern.test(path));
  if (found.length === 0) throw new Error(`no file of the house matches ${pattern}`);
  return found;
}

/** What runs in production: the sources of packages and services, without their tests. */
export const sources = filesAt(/^(infra|(packages|services)\/[^/]+)\/src\/.*(?<!\.test)\.ts$/);

/** What proves it, and is built as well. */
export const proofs = filesAt(/^(chaos|tests\/simulation)\/src\/.*(?<!\.test)\.ts$/);

/** The text of one file; throws when it is not there. */
export function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** `packages/store` of `packages/store/src/keys.ts`; `infra` and `chaos` are rooms by themselves. */
export function roomOf(path: string): string {
  return /^(infra|chaos)(?=\/)/.exec(path)?.[0] ?? path.split('/').slice(0, 2).join('/');
}

/** `path:line: what` for each match of the pattern. */
export function offences(file: HouseFile, pattern: RegExp): string[] {
  const everywhere = new RegExp(pattern.source, [...new Set(`${pattern.flags}g`)].join(''));
  return [...file.text.matchAll(everywhere)].map((match) => {
    const line = file.text.slice(0, match.index).split('\n').length;
    return `${file.path}:${line}: ${match[0].trim()}`;
  });
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return notOurs.has(entry.name) ? [] : walk(path);
    return entry.isFile() && !binary.has(extname(entry.name)) ? [path] : [];
  });
}
