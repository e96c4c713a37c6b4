import { z } from 'zod';
import { faultNames } from './faults.js';

export const headerName = z.string().regex(/^[!#$%&'*+.^_`|~\w-]+$/, 'must be a header name');
export const headerValue = z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'must be a header value');
export const pathSegment = z.string().regex(/^[\w.~-]{1,128}$/, 'must be one path segment');
const dayMs = 86_400_000;

/** Whether a value can be a body: text and bytes, or what JSON can say. */
export function isSendable(body: unknown): boolean {
  if (body === undefined || body instanceof Uint8Array) return true;
  try {
    return JSON.stringify(body) !== undefined;
  } catch {
    return false;
  }
}

/** What any step may say, whatever it answers. Texts may hold placeholders. */
export const anyStep = {
  /** How many requests in a row get this step; 1 by default. The last step answers every later one too. */
  times: z.int().min(1).optional(),
  /** `Retry-After`: seconds, or any text verbatim (an HTTP-date, or nonsense). */
  retryAfterSeconds: z.union([z.number().min(0), headerValue]).optional(),
  /** `X-Progress`, verbatim. */
  progress: headerValue.optional(),
  /** Header fields that replace or add to those of the answer; null takes one out, a list repeats it. */
  headers: z.record(headerName, z.union([headerValue, z.array(headerValue), z.null()])).optional(),
  /** A body instead of the usual one: text and bytes as they are, anything else as JSON. */
  body: z
    .unknown()
    .refine(isSendable, { error: 'must be text, bytes or JSON', abort: true })
    .optional(),
  /** Silence before the status line. */
  delayMs: z.int().min(0).max(dayMs).optional(),
  /** What goes wrong on purpose while the answer is given. */
  fault: z.enum(faultNames).optional(),
  /** How long a slow fault lasts before the rest of the answer follows; for ever by default. */
  lastsMs: z.int().min(0).max(dayMs).optional(),
};

const index = z.int().min(0).max(100_000);
/** What a manifest or a part of one says. */
const manifestPart = {
  /** Output files that it lists: the first so many, or from the first number up to before the second. */
  files: z.union([index, z.tuple([index, index])]).optional(),
  /** Name of the page that its link with relation `next` leads to. */
  next: pathSegment.optional(),
};

/** One kind of answer. */
export const exportStepSchema = z.discriminatedUnion('answer', [
  /** `202`, no body. */
  z.strictObject({ answer: z.literal('in-progress'), ...anyStep }),
  /** `202` with the manifest so far. */
  z.strictObject({ answer: z.literal('partial'), ...manifestPart, ...anyStep }),
  /** `200` with `Expires` and the manifest. */
  z.strictObject({ answer: z.literal('complete'), ...manifestPart, ...anyStep }),
  /** A `Location` to go on at. */
  z.strictObject({
    answer: z.literal('redirect'),
    status: z.int().min(300).max(399),
    to: headerValue,
    ...anyStep,
  }),
  /** Any final status. */
  z.strictObject({ answer: z.literal('status'), status: z.int().min(200).max(599), ...anyStep }),
]);

export type ExportStep = z.input<typeof exportStepSchema>;
export type CheckedStep = z.output<typeof exportStepSchema>;

/** The step that answers a request, requests being counted from 0. */
export function stepOfPoll(steps: readonly CheckedStep[], poll: number): CheckedStep {
  let first = 0;
  for (const step of steps) {
    first += step.times ?? 1;
    if (poll < first) return step;
  }
  return steps.at(-1) as CheckedStep;
}
