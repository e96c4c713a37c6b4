import type { SimulatedExport } from './export-book.js';
import { type ExportFile, filesOf, ndjsonOf } from './export-file.js';
import type { CheckedScript } from './export-script.js';

/** Which part of an export a manifest tells of. Without `files` all of them; without `next` it is the last page. */
export interface ManifestPart {
  readonly files?: number | readonly [number, number] | undefined;
  readonly next?: string | undefined;
}

/** The manifest of an export, or a page or a partial one of it, in the shape that its script names. */
export function manifestOf(found: SimulatedExport, part: ManifestPart = {}): object {
  const { script } = found;
  const manifest = {
    ...shapes[script.manifest](contentOf(found, part)),
    ...(part.next !== undefined && {
      link: [{ relation: 'next', url: `{{page:${part.next}}}` }],
    }),
    ...script.manifestExtra,
  };
  return Object.fromEntries(Object.entries(manifest).filter(([, value]) => value !== null));
}

interface Content {
  readonly transactionTime: string;
  readonly request: string;
  readonly requiresAccessToken: boolean;
  readonly output: readonly ExportFile[];
  readonly error: readonly ExportFile[];
  readonly deleted: readonly ExportFile[];
}

/** Errors and deletions are told by the last page, since they are known only then. */
function contentOf(found: SimulatedExport, { files, next }: ManifestPart): Content {
  const { output, error } = found.script;
  const all = filesOf(found);
  const [from, to] = typeof files === 'number' ? [0, files] : (files ?? [0, output.length]);
  const isLast = next === undefined && to >= output.length;
  const others = isLast ? all.slice(output.length) : [];
  return {
    transactionTime: new Date(found.startedAt).toISOString(),
    request: found.requestUrl,
    requiresAccessToken: true,
    output: all.slice(from, Math.min(to, output.length)),
    error: others.slice(0, error.length),
    deleted: others.slice(error.length),
  };
}

/** The manifest by major version of the Bulk Data Access IG. */
const shapes: Readonly<Record<CheckedScript['manifest'], (content: Content) => object>> = {
  1: ({ transactionTime, request, requiresAccessToken, output, error }) => ({
    transactionTime,
    request,
    requiresAccessToken,
    output,
    error,
  }),
  2: ({ deleted, ...first }) => ({ ...first, ...(deleted.length > 0 && { deleted }) }),
  3: (content) => ({ ...content, outputOrganizedBy: '' }),
  4: ({ transactionTime, requiresAccessToken, output, deleted, error }) => ({
    manifestType: 'http://hl7.org/fhir/uv/bulkdata/OperationDefinition/group-export|4.0.0-ballot',
    transactionTime,
    requiresAccessToken,
    outputFormat: 'application/fhir+ndjson',
    output: output.map(withSize),
    deleted: deleted.map(withSize),
    outcome: error.map((file) => ({
      ...withSize(file),
      countSeverity: [{ code: 'error', count: file.count }],
    })),
    extension: [],
  }),
};

const withSize = (file: ExportFile) => ({
  ...file,
  fileSize: Buffer.byteLength(ndjsonOf(file)),
});
