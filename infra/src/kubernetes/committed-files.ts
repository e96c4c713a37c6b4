import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { GeneratedFile } from '../generated-file.js';
import { dashboardFiles } from '../grafana/dashboard-files.js';
import { ruleFiles } from '../prometheus/rule-files.js';

const infra = resolve(import.meta.dirname, '../..');

/** The files of a folder below `infra` with this ending, sorted: what is generated now, else as it is committed. */
export function committedFiles(folder: string, extension: string): GeneratedFile[] {
  const fresh = [...dashboardFiles(), ...ruleFiles()].map(
    ({ path, text }) => [path, text] as const,
  );
  const found = readdirSync(join(infra, folder))
    .filter((name) => name.endsWith(extension))
    .map((name) => `${folder}/${name}`)
    .map((path) => [path, readFileSync(join(infra, path), 'utf8')] as const);
  const wanted = fresh.filter(
    ([path]) => path.startsWith(`${folder}/`) && path.endsWith(extension),
  );
  return [...new Map([...found, ...wanted])]
    .map(([path, text]) => ({ path, text }))
    .toSorted((one, other) => (one.path < other.path ? -1 : 1));
}
