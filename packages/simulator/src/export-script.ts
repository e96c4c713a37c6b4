import { z } from 'zod';
import { exportStepSchema, headerName, isSendable, pathSegment } from './export-step.js';
import { fileStepSchema } from './file-step.js';
import { unknownPlaceholders } from './placeholders.js';

const fileSchema = z.strictObject({
  /** FHIR resource type of the file. */
  type: z.string().regex(/^[A-Za-z]{1,64}$/, 'must be a resource type'),
  /** Resources in the file; 3 by default. */
  count: z.int().min(0).max(100_000).default(3),
  /** Resources that are really in it; as many as the manifest counts by default. */
  lines: z.int().min(0).max(100_000).optional(),
  /** What the first requests for it get; then it is sent as it should be. */
  steps: z.array(fileStepSchema).max(1_000).optional(),
});

const files = z.array(fileSchema).max(100_000);
const steps = z.array(exportStepSchema).min(1).max(10_000);

/** Who is let in, and how often. A request that is refused by one of these takes no step. */
const manners = {
  /** A poll that comes sooner than that after the last one is answered 429 with this as Retry-After. */
  minIntervalSeconds: z.number().min(0).optional(),
  /** More polls in so many seconds are answered 429, with a Retry-After in epoch seconds. */
  rateLimit: z.strictObject({ polls: z.int().min(1), seconds: z.int().min(1) }).optional(),
  /** What a request without a valid token gets: 401 by default; the body is an OperationOutcome by default. */
  unauthorized: z
    .strictObject({ status: z.int().min(400).max(499).default(401), body: z.string().optional() })
    .optional(),
  /** Header fields that a poll must have, and a text that each must hold; otherwise 400. */
  requireHeaders: z.record(headerName, z.string()).optional(),
  /** The Accept header, whole, must be one of these; otherwise 406. Any kind of JSON by default. */
  accept: z.array(z.string()).min(1).optional(),
};

/** What the export's manifest looks like. */
const manifest = {
  /** Files that it lists. */
  output: files.default(() => [
    { type: 'Patient', count: 3 },
    { type: 'Observation', count: 3 },
  ]),
  error: files.default(() => []),
  deleted: files.default(() => []),
  /** Its shape, by major version of the Bulk Data Access IG; 2 by default, which Oracle Health sends. */
  manifest: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]).default(2),
  /** Members to add or replace; null takes one out. */
  manifestExtra: z
    .record(z.string(), z.unknown())
    .refine(isSendable, { error: 'must be JSON', abort: true })
    .default(() => ({})),
  /** URL of each file, with `{{type}}` and `{{number}}` of the file in it; one of the simulator's by default. */
  fileUrl: z.string().optional(),
  /** Life of the files, told by `Expires`; 30 days by default, as with Oracle. */
  expiresInSeconds: z
    .int()
    .min(1)
    .default(30 * 86_400),
};

/** How the simulator plays one export. */
export const exportScriptSchema = z
  .strictObject({
    /** The answers to its polls, in order. */
    steps,
    /** Further URLs of the export, `{statusUrl}/pages/{name}`, each with answers of its own. */
    pages: z.record(pathSegment, steps).default(() => ({})),
    /** The answers to delete requests; 202 by default. One of the class 2xx deletes the export. */
    deleteSteps: steps.optional(),
    /** The answers to polls once it is deleted; 404 with an OperationOutcome by default. */
    afterDeleteSteps: steps.optional(),
    /** Last path segment of the status URL; a random UUID by default. */
    id: pathSegment.optional(),
    /** Tenant and group as they appear in its URLs. */
    tenant: pathSegment.default('ec2458f2-1e24-41c8-b71b-0e701af7583d'),
    group: pathSegment.default('252a42c0-5844-11ec-bf63-0242ac130002'),
    ...manifest,
    ...manners,
  })
  .superRefine((script, context) => {
    for (const { message, path } of danglingReferences(script)) {
      context.addIssue({ code: 'custom', message, path });
    }
  });

export type ExportScript = z.input<typeof exportScriptSchema>;
export type CheckedScript = z.output<typeof exportScriptSchema>;

interface Fault {
  readonly message: string;
  readonly path: (string | number)[];
}

/** Fields of steps in which placeholders are expanded. */
const expandedFields = ['headers', 'body', 'to', 'progress', 'retryAfterSeconds'] as const;

/** Pages and placeholders that a script names and that are not there. */
function danglingReferences(script: CheckedScript): Fault[] {
  const pages = Object.keys(script.pages);
  const known = (path: Fault['path'], text: string) =>
    unknownPlaceholders(text, pages).map((name) => ({ path, message: `has no value for ${name}` }));
  const inSteps = seriesOf(script).flatMap(([path, series]) =>
    series.flatMap((step, number) => {
      const fields: Record<string, unknown> = step;
      const texts = expandedFields.flatMap((field) =>
        known([...path, number, field], textOf(fields[field])),
      );
      const next = 'next' in step ? step.next : undefined;
      if (next === undefined || pages.includes(next)) return texts;
      return [...texts, { path: [...path, number, 'next'], message: `names no page: ${next}` }];
    }),
  );
  const ownUrl = (script.fileUrl ?? '').replaceAll(/\{\{(type|number)\}\}/g, '');
  const extra = textOf(script.manifestExtra);
  return [...inSteps, ...known(['fileUrl'], ownUrl), ...known(['manifestExtra'], extra)];
}

function seriesOf(script: CheckedScript): [Fault['path'], CheckedScript['steps']][] {
  return [
    [['steps'], script.steps],
    [['deleteSteps'], script.deleteSteps ?? []],
    [['afterDeleteSteps'], script.afterDeleteSteps ?? []],
    ...Object.entries(script.pages).map(
      ([name, series]): [Fault['path'], CheckedScript['steps']] => [['pages', name], series],
    ),
  ];
}

const textOf = (value: unknown): string =>
  value instanceof Uint8Array ? '' : (JSON.stringify(value) ?? '');
