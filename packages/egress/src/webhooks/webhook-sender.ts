import type { FetchFailure } from '@bulkwatch/core';
import { readRetryAfter } from '@bulkwatch/core';
import { type Clock, type TraceContext, version } from '@bulkwatch/runtime';
import type { Dispatcher } from 'undici';
import { type Deadline, withDeadline } from '../deadline.js';
import { failureFromError } from '../failure-from-error.js';
import { createGuardedAgent, type GuardedAgentOptions } from '../guard/guarded-agent.js';
import type { ProviderPolicy } from '../provider-policy.js';
import { readBody } from '../read-body.js';
import { signWebhook } from './sign-webhook.js';

/** One event to be posted. URL and secrets are in clear here, and go no further than into the request. */
export interface WebhookPost {
  readonly url: string;
  readonly tenant: string;
  /** The `webhook-id`. */
  readonly id: string;
  /** A CloudEvent, in JSON. */
  readonly body: string;
  /** Each of them signs; one at least. */
  readonly secrets: readonly string[];
  /** Sent as `traceparent` and `tracestate`. */
  readonly trace?: TraceContext | undefined;
  /** Gives the request up; the outcome is then `interrupted`. */
  readonly signal?: AbortSignal;
}

/** `durationMs` ends with the head of the answer: what a receiver says beyond that, nobody wants to know. */
export type PostOutcome = { readonly durationMs: number } & (
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfterMs?: number }
  | { readonly kind: 'failed'; readonly reason: FetchFailure['reason'] | 'webhook-not-allowed' }
);

export interface WebhookSender {
  /** Posts one event. Never throws for anything the network or the receiver can do. */
  post(post: WebhookPost): Promise<PostOutcome>;
  /** Ends what is still in flight as `interrupted`, and every connection. */
  close(): Promise<void>;
}

export interface WebhookSenderOptions
  extends Pick<GuardedAgentOptions, 'onRefusal' | 'proxy' | 'lookup'> {
  /** Where events may be posted; asked for each post. */
  readonly policy: ProviderPolicy;
  readonly clock: Clock;
  /** From connecting to the head of the answer. */
  readonly timeoutMs: number;
  readonly connectionsPerOrigin: number;
}

/** How much of an answer's body is read, and for how long, so that its connection can serve again. */
const bodyMaxBytes = 64 * 1024;
const bodyMaxMs = 1_000;

/** The way out to receivers: an agent of its own, so that no provider's connection or credential is near. */
export function createWebhookSender(options: WebhookSenderOptions): WebhookSender {
  const { policy, clock, timeoutMs, onRefusal } = options;
  const agent = createGuardedAgent({ ...options, trustIn: (origin) => policy.trustIn(origin) });
  return {
    async post(post) {
      const startedAt = clock.monotonicMs();
      const outcome = await withDeadline({ timeoutMs, signal: post.signal }, async (deadline) => {
        if (!URL.canParse(post.url)) return notAllowed;
        const url = new URL(post.url);
        const refusal = policy.refuse(url, post.tenant);
        if (!refusal) return exchange(agent, { post, url, now: clock.now }, deadline);
        onRefusal?.(refusal.reason, url.origin);
        return notAllowed;
      });
      return { ...outcome, durationMs: clock.monotonicMs() - startedAt };
    },
    close: () => agent.destroy(),
  };
}

type Outcome = PostOutcome extends infer One
  ? One extends unknown
    ? Omit<One, 'durationMs'>
    : never
  : never;

const notAllowed = { kind: 'failed', reason: 'webhook-not-allowed' } as const;

async function exchange(
  agent: Dispatcher,
  { post, url, now }: { post: WebhookPost; url: URL; now: () => number },
  { signal, bound, assertOpen }: Deadline,
): Promise<Outcome> {
  try {
    assertOpen();
    const {
      statusCode: status,
      headers,
      body,
    } = await bound(
      agent.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: 'POST',
        headers: {
          'User-Agent': `bulkwatch/${version}`,
          'Accept-Encoding': 'identity',
          'Content-Type': 'application/cloudevents+json; charset=utf-8',
          ...post.trace,
          ...signWebhook(post, now()),
        },
        body: post.body,
        signal,
      }),
    );
    void leave(body);
    const { delayMs } = readRetryAfter({
      value: headers['retry-after'],
      date: headers['date'],
      receivedAt: now(),
    });
    return {
      kind: 'answered',
      status,
      ...(delayMs === undefined ? {} : { retryAfterMs: delayMs }),
    };
  } catch (error) {
    const { reason } = failureFromError(error);
    return {
      kind: 'failed',
      reason: reason === 'provider-not-allowed' ? 'webhook-not-allowed' : reason,
    };
  }
}

/** Reads a short body to its end, for the sake of the connection; any other is cut off with it. */
async function leave(body: Dispatcher.ResponseData['body']): Promise<void> {
  const timer = setTimeout(() => body.destroy(), bodyMaxMs);
  await readBody(body, bodyMaxBytes);
  clearTimeout(timer);
}
