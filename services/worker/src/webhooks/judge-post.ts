import type { PostOutcome } from '@bulkwatch/egress';
import type { ClaimedDelivery, Settlement } from '@bulkwatch/store';

/** When a failed delivery is tried again, and when a webhook that goes on failing is disabled; times in ms. */
export interface WebhookPolicy {
  /** One for each attempt after the first. */
  readonly retryDelaysMs: readonly number[];
  readonly disableAfterMs: number;
}

/** Attempts that must have failed before a webhook is disabled, however long it took. */
const failuresMin = 5;
/** Longest Retry-After that is believed. */
const retryAfterMaxMs = 24 * 3_600_000;
/** What is added at most to a delay, as a share of it, so that retries of a crowd do not come together. */
const jitter = 0.1;

/**
 * What the answer to a post means (Standard Webhooks, "Delivery success and failure"): 2xx is a success, 410 ends the
 * webhook, and anything else, a redirect too, is a failure. `dice` is in [0, 1), `now` epoch ms by Redis's clock.
 */
export function judgePost(
  delivery: Pick<ClaimedDelivery, 'tries' | 'isTest' | 'target' | 'failingSince' | 'failures'>,
  outcome: PostOutcome,
  { policy, now, dice }: { policy: WebhookPolicy; now: number; dice: number },
): Settlement {
  if (outcome.kind === 'failed' && outcome.reason === 'interrupted') return { outcome: 'unsent' };
  const { durationMs } = outcome;
  const status = outcome.kind === 'answered' ? outcome.status : null;
  const reason = outcome.kind === 'answered' ? failureOf(outcome.status) : outcome.reason;
  const attempt = { status, durationMs: Math.round(durationMs), reason };
  if (reason === null) {
    return {
      outcome: 'delivered',
      attempt,
      ofReceiver: 'up',
      ...(delivery.isTest ? {} : { ofTarget: 'success' }),
    };
  }
  if (delivery.isTest) return { outcome: 'failed', attempt };

  const retryAfterMs = Math.min(retryAfterOf(outcome), retryAfterMaxMs);
  const disables = disablesFor(delivery, status, policy, now);
  return {
    ...nextAttempt(delivery.tries, retryAfterMs, policy, dice),
    attempt,
    retryAfterMs,
    ...(tellsOfReceiver(delivery, status) ? { ofReceiver: 'down' } : {}),
    ofTarget: 'failure',
    ...(disables ? { disables } : {}),
  };
}

const failureOf = (status: number): string | null =>
  status >= 200 && status < 300 ? null : `http-${status}`;

const retryAfterOf = (outcome: PostOutcome): number =>
  outcome.kind === 'answered' ? (outcome.retryAfterMs ?? 0) : 0;

/**
 * An endpoint that refuses is left alone as one that is out. Behind one origin are the webhooks of many jobs: that
 * one of them is refused says nothing of the others, unless it is the whole host that cannot serve.
 */
const tellsOfReceiver = ({ target }: Pick<ClaimedDelivery, 'target'>, status: number | null) =>
  target.kind === 'endpoint' || status === null || status >= 500 || status === 429;

function nextAttempt(
  tries: number,
  retryAfterMs: number,
  { retryDelaysMs }: WebhookPolicy,
  dice: number,
): Pick<Settlement, 'outcome' | 'delayMs'> {
  const delayMs = retryDelaysMs[tries];
  if (delayMs === undefined) return { outcome: 'failed' };
  return { outcome: 'retry', delayMs: Math.max(delayMs * (1 + jitter * dice), retryAfterMs) };
}

function disablesFor(
  { failingSince, failures }: Pick<ClaimedDelivery, 'failingSince' | 'failures'>,
  status: number | null,
  { disableAfterMs }: WebhookPolicy,
  now: number,
): Settlement['disables'] {
  if (status === 410) return 'gone';
  const hasFailedLong = failingSince !== undefined && now - failingSince >= disableAfterMs;
  return hasFailedLong && failures + 1 >= failuresMin ? 'failing' : undefined;
}
