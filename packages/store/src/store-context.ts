import type { Redis } from 'ioredis';
import type { CircuitLimits, GateLimits } from './gate-limits.js';
import type { KeyedFingerprints } from './keyed-fingerprints.js';
import type { RedisClock } from './redis-clock.js';
import type { Sealer } from './seal.js';
import { toStoreError } from './store-unavailable.js';
import type { WakeUpQueue } from './wake-up-queue.js';

/** Bounds of webhooks; times in ms. */
export interface WebhookLimits {
  readonly endpointsMax: number;
  /** A larger event goes without its manifest. */
  readonly bodyMaxBytes: number;
  readonly logRetentionMs: number;
  /** Deliveries that the log of an endpoint keeps; those that are still to be sent may be more. */
  readonly logLength: number;
}

/** Bounds that the store keeps; times in ms. */
export interface StoreLimits {
  /** Deadline of a job that brings none of its own. */
  readonly trackingDeadlineMs: number;
  readonly eventsMaxLength: number;
  readonly timelineLength: number;
  readonly eventManifestMaxBytes: number;
  /** How long before the files of a completed job expire subscribers are told, each once. */
  readonly expiringThresholdsMs: readonly number[];
  /** From just before a claim is sent to the last byte of the answer, at most. */
  readonly requestBudgetMs: number;
  readonly retryAfterFloorMs: number;
  /** Of a provider that has no limits of its own. */
  readonly gate: GateLimits;
  readonly circuit: CircuitLimits;
  readonly webhooks: WebhookLimits;
}

/** What the parts of the store share. */
export interface StoreContext {
  readonly redis: Redis;
  readonly clock: RedisClock;
  readonly queue: WakeUpQueue;
  readonly sealer: Sealer | undefined;
  readonly fingerprintsOf: KeyedFingerprints;
  readonly limits: StoreLimits;
  /** Events carry URLs that may be signed, for whoever can read them. */
  readonly inlineSignedUrls: boolean;
  /** Subscribers are told of changes of poll health. */
  readonly healthEvents: boolean;
  readonly onProblem: (what: string, error: unknown) => void;
}

/** Awaits a command that is no script; rejects with StoreUnavailableError while Redis cannot serve. */
export async function ask<T>(command: Promise<T>): Promise<T> {
  try {
    return await command;
  } catch (error) {
    throw toStoreError(error);
  }
}
