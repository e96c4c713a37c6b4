import type { SimulatedExport } from './export-book.js';
import { operationOutcome } from './operation-outcome.js';

/** One file of an export, as its manifest lists it. */
export interface ExportFile {
  readonly type: string;
  readonly url: string;
  readonly count: number;
}

/** All files of an export: outputs, errors, deletions. Their URLs are numbered in this order. */
export function filesOf({ id, statusUrl, script }: SimulatedExport): readonly ExportFile[] {
  const base = new URL(`../files/${id}`, statusUrl).href;
  const urlOf = (type: string, number: number) =>
    script.fileUrl?.replaceAll('{{type}}', type).replaceAll('{{number}}', String(number)) ??
    `${base}/${number}`;
  return [...script.output, ...script.error, ...script.deleted].map(({ type, count }, number) => ({
    type,
    url: urlOf(type, number),
    count,
  }));
}

/** What the script says of a file besides what the manifest lists. */
export function scriptOfFile({ script }: SimulatedExport, number: number) {
  return [...script.output, ...script.error, ...script.deleted][number];
}

/** The content of a file: as many lines of NDJSON as the manifest counts, unless another number is given. */
export function ndjsonOf({ type, count }: ExportFile, lines = count): string {
  return Array.from({ length: lines }, (_, line) => `${resource(type, line)}\n`).join('');
}

const resource = (type: string, line: number): string =>
  JSON.stringify(
    type === 'OperationOutcome'
      ? operationOutcome({ code: 'not-found', text: `Resource ${line + 1} could not be exported.` })
      : { resourceType: type, id: `${type.toLowerCase()}-${line + 1}` },
  );
