import { z } from 'zod';
import { deliverableTypes, webhookEvents } from './deliverable-types.js';
import { type EventWord, events, eventWords } from './events.js';
import { labelParameter } from './jobs.js';

/** Of the events that streams hold, webhooks' own included: the last word of the type, or a longer one where that is short. */
export type StreamedWord = EventWord | 'webhook-disabled';
export const streamedTypes = {
  ...(Object.fromEntries(eventWords.map((word) => [word, events[word].type])) as ExportTypes),
  'webhook-disabled': webhookEvents['webhook-disabled'].type,
} as const;
type ExportTypes = { readonly [Word in EventWord]: (typeof events)[Word]['type'] };
export const streamedWords = Object.keys(streamedTypes) as StreamedWord[];
const typeName = z.enum([...streamedWords, ...deliverableTypes]);

/** Id of an entry of an event stream, `1767225600000-0`. */
export const eventIdSchema = z
  .string()
  .regex(/^\d{1,15}(-\d{1,15})?$/, 'must be the id of an event that was sent here');

/** Query of `GET /v1/events`. */
export const eventsQuerySchema = z.strictObject({
  /** Types, or their words, once or more often: an event of any of them is sent; without it all that tell of a job are. */
  type: z
    .union([typeName, z.array(typeName)])
    .transform((names) => [names].flat())
    .optional(),
  /** Given more than once, the job must have all of them. */
  label: labelParameter.optional(),
  /** For callers that cannot set the header Last-Event-ID, which comes first where both are given. */
  lastEventId: eventIdSchema.optional(),
});
export type EventsQuery = z.output<typeof eventsQuerySchema>;

/** Data of the message `reset` of `GET /v1/events`: events may have been missed. */
export const resetSchema = z.object({
  /** Id of the oldest event that is kept, with which it goes on; null where none is. */
  oldestId: z.string().nullable(),
});
export type Reset = z.infer<typeof resetSchema>;
