import type { SimulatedExport } from './export-book.js';

/** One file of an export, as its manifest lists it. */
export interface ManifestFile {
  readonly type: string;
  readonly url: string;
  readonly count: number;
}

/** The manifest of an export in the shape of Bulk Data Access 2.0, which Oracle Health sends. */
export interface Manifest {
  readonly transactionTime: string;
  readonly request: string;
  readonly requiresAccessToken: boolean;
  readonly output: readonly ManifestFile[];
  readonly error: readonly ManifestFile[];
}

export function manifestOf(found: SimulatedExport): Manifest {
  const files = filesOf(found);
  return {
    transactionTime: new Date(found.startedAt).toISOString(),
    request: found.requestUrl,
    requiresAccessToken: true,
    output: files.slice(0, found.script.output.length),
    error: files.slice(found.script.output.length),
  };
}

/** All files of an export, errors last; their URLs are numbered in this order. */
export function filesOf({ id, statusUrl, script }: SimulatedExport): readonly ManifestFile[] {
  const base = new URL(`../files/${id}`, statusUrl).href;
  return [...script.output, ...script.error].map(({ type, count }, number) => ({
    type,
    url: `${base}/${number}`,
    count,
  }));
}
