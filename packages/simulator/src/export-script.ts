import { z } from 'zod';
import { faults } from './answer.js';

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~\w-]+$/, 'must be a header name');
const headerValue = z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'must be a header value');
const dayMs = 86_400_000;

function isSendable(body: unknown): boolean {
  if (body === undefined || body instanceof Uint8Array) return true;
  try {
    return JSON.stringify(body) !== undefined;
  } catch {
    return false;
  }
}

/** What any step may say, whatever it answers. */
const anyStep = {
  /** How many polls in a row get this step; 1 by default. The last step answers every later poll too. */
  times: z.int().min(1).optional(),
  /** `Retry-After`: seconds, or any text verbatim (an HTTP-date, or nonsense). */
  retryAfterSeconds: z.union([z.int().min(0), headerValue]).optional(),
  /** `X-Progress`, verbatim. */
  progress: headerValue.optional(),
  /** Header fields that replace or add to those of the answer; null takes one out, a list repeats it. */
  headers: z.record(headerName, z.union([headerValue, z.array(headerValue), z.null()])).optional(),
  /** A body instead of the usual one: text and bytes as they are, anything else as JSON. */
  body: z.unknown().refine(isSendable, 'must be text, bytes or JSON').optional(),
  /** Silence before the status line. */
  delayMs: z.int().min(0).max(dayMs).optional(),
  /** `reset`: TCP reset instead of an answer. `hang`: no answer. `truncate`: half the body, then gone. */
  fault: z.enum(faults).optional(),
};

/** One kind of answer to a poll. */
export const exportStepSchema = z.discriminatedUnion('answer', [
  /** `202`, no body. */
  z.strictObject({ answer: z.literal('in-progress'), ...anyStep }),
  /** `200` with `Expires` and the manifest. */
  z.strictObject({ answer: z.literal('complete'), ...anyStep }),
  /** Any final status. */
  z.strictObject({ answer: z.literal('status'), status: z.int().min(200).max(599), ...anyStep }),
]);

const fileSchema = z.strictObject({
  /** FHIR resource type of the file. */
  type: z.string().regex(/^[A-Za-z]{1,64}$/, 'must be a resource type'),
  /** Resources in the file; 3 by default. */
  count: z.int().min(0).max(100_000).default(3),
});

const pathSegment = z.string().regex(/^[\w.~-]{1,128}$/, 'must be one path segment');

/** How the simulator plays one export. */
export const exportScriptSchema = z.strictObject({
  /** The answers to its polls, in order. */
  steps: z.array(exportStepSchema).min(1).max(10_000),
  /** Last path segment of the status URL; a random UUID by default. */
  id: pathSegment.optional(),
  /** Tenant and group as they appear in its URLs. */
  tenant: pathSegment.default('ec2458f2-1e24-41c8-b71b-0e701af7583d'),
  group: pathSegment.default('252a42c0-5844-11ec-bf63-0242ac130002'),
  /** Files that the manifest lists. */
  output: z
    .array(fileSchema)
    .max(100_000)
    .default(() => [
      { type: 'Patient', count: 3 },
      { type: 'Observation', count: 3 },
    ]),
  error: z
    .array(fileSchema)
    .max(100_000)
    .default(() => []),
  /** Life of the files, told by `Expires`; 30 days by default, as with Oracle. */
  expiresInSeconds: z
    .int()
    .min(1)
    .default(30 * 86_400),
});

export type ExportStep = z.input<typeof exportStepSchema>;
export type ExportScript = z.input<typeof exportScriptSchema>;
export type CheckedScript = z.output<typeof exportScriptSchema>;
export type CheckedStep = z.output<typeof exportStepSchema>;

/** The step that answers a poll, polls being counted from 0. */
export function stepOfPoll(steps: readonly CheckedStep[], poll: number): CheckedStep {
  let first = 0;
  for (const step of steps) {
    first += step.times ?? 1;
    if (poll < first) return step;
  }
  return steps.at(-1) as CheckedStep;
}
