import { z } from 'zod';
import { anomalies, reasonNames } from './reasons.js';

const instant = z.iso.datetime({ offset: true });
const day = z.string().regex(/^\d{4}-\d\d-\d\d$/);
const count = z.number().int().min(0);
const durationMs = z.number().min(0);
/** 0 to 1. */
const share = z.number().min(0).max(1);

/**
 * Whether the polls of a provider are let through: `open` to none, because it is out, `half-open` to one at a time,
 * which finds out whether it is back.
 */
export const circuitStates = ['closed', 'open', 'half-open'] as const;
export type CircuitState = (typeof circuitStates)[number];

const providerShape = {
  origin: z.string(),
  /** Jobs that are tracked there and have not settled. */
  openJobCount: count,
  /** Requests in flight, over all workers. */
  inFlightCount: count,
  /** What it is taken to bear: requests in flight, requests per second, and how many of those at once. */
  limits: z.object({ concurrency: z.number(), perSecond: z.number(), burst: z.number() }),
  /** Requests in flight for the time being, where it has just come back and is spared; null otherwise. */
  rampConcurrency: count.nullable(),
  circuit: z.enum(circuitStates),
  /** Until when no poll is let through; null where the circuit is closed. */
  openUntil: instant.nullable(),
  /** Until when it asked to be left alone, by a Retry-After that holds for all of its jobs; null where that is over. */
  waitUntil: instant.nullable(),
  /** Its last Retry-After, as it was applied. */
  retryAfterMs: durationMs.nullable(),
  /** How long its answers take, of late. */
  answerMs: durationMs.nullable(),
  /** Since when and by whom an operator has it paused; null where it is not. */
  pausedAt: instant.nullable(),
  pausedBy: z.string().nullable(),
};

/** A provider as the API shows it. */
export const providerSchema = z.object(providerShape);
export type Provider = z.infer<typeof providerSchema>;

/** What became of polls, as scorecards count it: how they went or, where that is short of well, why. */
export const scoredOutcomes = [
  'in-progress',
  'manifest-page',
  'redirected',
  'complete',
  ...reasonNames,
] as const;
export type ScoredOutcome = (typeof scoredOutcomes)[number];

/** How a provider has answered in some days. Shares are of all polls unless they say otherwise. */
export const scorecardSchema = z.object({
  /** The days that it is of, by UTC; the last one has not ended. */
  fromDay: day,
  toDay: day,
  pollCount: count,
  /** By status and by what they were taken for, the most frequent first; status is null where no answer came. */
  answers: z.array(
    z.object({
      status: z.number().int().nullable(),
      outcome: z.enum(scoredOutcomes),
      count,
      share,
    }),
  ),
  retryAfter: z.object({
    /** Answers that asked for a wait: how many, and how long half of them and 90 % asked for at most, to two digits. */
    askedCount: count,
    p50Ms: durationMs.nullable(),
    p90Ms: durationMs.nullable(),
    /** Answers that said that the export goes on, but not when to ask again; a share of those that said so. */
    missingCount: count,
    missingShare: share,
  }),
  /** Manifests that came without a usable Expires. */
  withoutExpiryCount: count,
  /** The most frequent first. */
  anomalies: z.array(z.object({ name: z.enum(anomalies), count, share })),
  /** How long half of the answers, 90 % and 99 % took at most, from 10 ms on and at most 60 % too high. */
  answerTime: z.object({
    p50Ms: durationMs.nullable(),
    p90Ms: durationMs.nullable(),
    p99Ms: durationMs.nullable(),
  }),
});
export type Scorecard = z.infer<typeof scorecardSchema>;

/** A provider with what is known of its past. */
export const providerDetailSchema = z.object({
  ...providerShape,
  /** How long its last completed exports took, from kick-off; null where none has completed. */
  exports: z.object({ count, medianMs: durationMs, p90Ms: durationMs }).nullable(),
  scorecard: scorecardSchema,
});
export type ProviderDetail = z.infer<typeof providerDetailSchema>;

/** Since when and by whom polling is paused, at all providers; both null where it is not. */
export const pauseSchema = z.object({
  pausedAt: instant.nullable(),
  pausedBy: z.string().nullable(),
});
export type Pause = z.infer<typeof pauseSchema>;

export const providerListSchema = z.object({
  /** By origin. */
  providers: z.array(providerSchema),
  /** Pass as `cursor` for the next page; null on the last. */
  nextCursor: z.string().nullable(),
  everything: pauseSchema,
});
export type ProviderList = z.infer<typeof providerListSchema>;

/** Query of `GET /v1/providers`. */
export const providerListQuerySchema = z.strictObject({
  cursor: z.string().max(300).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

/** Days for which scorecards are kept, today's included. */
export const scorecardDaysMax = 35;

/** Query of `GET /v1/providers/{origin}`. */
export const providerQuerySchema = z.strictObject({
  days: z.coerce.number().int().min(1).max(scorecardDaysMax).default(7),
});
