import { z } from 'zod';

/**
 * What is known of a provider beyond the protocol that it speaks: data, not code. Ours are in
 * `built-in-presets.ts`; users add theirs in a file of the same shape.
 */

const words = z.string().min(1).max(200);
const headerName = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,64}$/, 'must be the name of a header')
  .refine((name) => !reservedHeaders.has(name.toLowerCase()), 'is a header that the sender sets');
const headerValue = z
  .string()
  .max(512)
  .regex(/^[\x20-\x7e]+$/, 'must be printable ASCII');
const seconds = z
  .number()
  .min(0)
  .max(7 * 86_400);

/** Set by whoever sends the request, or not to be meddled with (RFC 9110 section 7.6.1). */
const reservedHeaders: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'authorization',
  'connection',
  'content-length',
  'content-type',
  'cookie',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'x-request-id',
]);

export const presetName = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9-]*$/, 'takes lower-case letters, digits and -');

export const providerPresetSchema = z
  .strictObject({
    /** The provider's name, for people. */
    title: words,
    /** Who says so, and how far it can be trusted. */
    source: z.string().max(1000).optional(),
    protocol: presetName.default('fhir-bulk'),
    /** The Accept header of status requests, and the one that is tried once when it is refused (406). */
    accept: headerValue.default('application/fhir+json, application/json;q=0.9'),
    alternateAccept: headerValue.default('application/json'),
    /** More headers of requests to the provider's own origin. No place for secrets. */
    headers: z.record(headerName, headerValue).default({}),
    /**
     * Waits between polls: the shortest, the longest, and the first one where the provider names none; and the
     * statuses whose Retry-After is the wait of the job that was asked for, and of no other job of the provider.
     */
    retryAfter: z
      .strictObject({
        floorSeconds: seconds.optional(),
        ceilingSeconds: seconds.min(1).optional(),
        defaultSeconds: seconds.min(1).optional(),
        jobStatuses: z.array(z.literal([429, 503])).optional(),
      })
      .refine(
        ({ floorSeconds = 0, ceilingSeconds = Number.POSITIVE_INFINITY }) =>
          floorSeconds <= ceilingSeconds,
        { path: ['floorSeconds'], message: 'must not be above ceilingSeconds' },
      )
      .default({}),
    /**
     * What all workers together may ask of the provider: requests in flight, requests per second on average, and
     * how many of them at once.
     */
    gate: z
      .strictObject({
        concurrency: z.int().min(1).max(1000).optional(),
        perSecond: z.number().positive().max(1000).optional(),
        burst: z.int().min(1).max(1000).optional(),
      })
      .default({}),
    /** How long an export may stand still before it counts as stalled, whatever others there have taken. */
    stallAfterHours: z
      .number()
      .positive()
      .max(24 * 365)
      .optional(),
    /** How long a job without a deadline of its own is tracked. */
    deadlineDays: z.number().positive().max(365).optional(),
    /** Texts in X-Progress that tell of an end which the status hides: believed at the second sighting. */
    progressTexts: z
      .strictObject({
        failed: z.array(words).max(20).default([]),
        cancelled: z.array(words).max(20).default([]),
      })
      .prefault({}),
    /** Statuses, and codes of an OperationOutcome under 404, by which the provider tells of a cancelled export. */
    cancelled: z
      .strictObject({
        statuses: z.array(z.literal([404, 410])).default([]),
        codes: z.array(words).max(20).default([]),
      })
      .prefault({}),
    /** How long the provider keeps the files, for when no Expires tells. */
    retentionHours: z
      .number()
      .positive()
      .max(24 * 3650)
      .optional(),
    /** What the protocol wants to know besides; see `StatusProtocol.options`. */
    options: z.unknown().optional(),
  })
  .readonly();

export type ProviderPreset = z.output<typeof providerPresetSchema>;
export type ProviderPresetInput = z.input<typeof providerPresetSchema>;
