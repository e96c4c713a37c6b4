import { z } from 'zod';
import { jsonPointerPattern } from '../bodies/json-pointer.js';

const pointer = z
  .string()
  .max(200)
  .regex(jsonPointerPattern, 'must be a JSON Pointer (RFC 6901), such as /status');
const pointers = z.array(pointer).max(8);
const words = z.string().min(1).max(100);
const meaning = z.enum(['in-progress', 'complete', 'failed', 'cancelled']);

export type StatusMeaning = z.output<typeof meaning>;

/** Where a status document says what. Of several pointers the first that leads to a value counts. */
export const statusFieldOptionsSchema = z.strictObject({
  status: pointers
    .min(1)
    .describe('Where the status is: a text, a number or a boolean. Anything else is none.'),
  values: z
    .record(words, meaning)
    .describe(
      'What its values mean. Letter case does not count; a value that is not listed means `in-progress`, because services add stages without notice.',
    ),
  absent: meaning
    .optional()
    .describe(
      'What a document without a status means. Unless given, it is no status document: after a few tries the job fails.',
    ),
  failure: z
    .strictObject({ at: pointers.min(1), cancelled: z.array(words).max(20).default([]) })
    .optional()
    .describe(
      'For services whose status says that a job is over, but not how: `at` is what is there only when it has failed, and `cancelled` lists the values of it that mean that it was cancelled.',
    ),
  detail: pointers.default([]).describe('Why it failed, in words.'),
  progress: pointers
    .default([])
    .describe('How far it is: a text, or a number, which is taken for percent.'),
  output: pointers.default([]).describe('What it has made: a list of it, or how many.'),
  errors: pointers.default([]).describe('What went wrong on the way: a list, or how many.'),
  transactionTime: pointers.default([]).describe('The instant that the data is of.'),
  cancel: z
    .strictObject({
      method: z.enum(['DELETE', 'PATCH', 'POST']),
      /** Added to the path of the status URL. */
      suffix: z
        .string()
        .max(100)
        .regex(/^[\w:/.-]*$/, 'takes letters, digits and : / . _ -')
        .default(''),
      body: z.json().optional(),
    })
    .optional()
    .describe(
      'How a job is cancelled: `method`, `suffix`, which is added to the path of the status URL, and `body`, which is sent as JSON. A DELETE of the status URL unless given.',
    ),
  badRequests: z
    .record(words, z.enum(['rate-limited', 'auth-rejected']))
    .default({})
    .describe(
      'What an HTTP 400 means whose body has one of these texts, for services that say under 400 what others say under 429 or 401.',
    ),
});

export type StatusFieldOptions = z.output<typeof statusFieldOptionsSchema>;
export type StatusFieldOptionsInput = z.input<typeof statusFieldOptionsSchema>;

/** The options of a preset of this protocol: they have been through the schema, as has all of the preset. */
export function optionsOf({ options }: { readonly options?: unknown }): StatusFieldOptions {
  return options as StatusFieldOptions;
}
