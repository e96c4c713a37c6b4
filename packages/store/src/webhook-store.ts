import type {
  DeliverableType,
  DeliveryState,
  WebhookDelivery,
  WebhookEndpoint,
} from '@bulkwatch/contract';

/** What the caller decided about an endpoint to be made. */
export interface NewEndpoint {
  /** As `URL.href` has it; in clear only in this argument. */
  readonly url: string;
  /** All export events where not given. */
  readonly types?: readonly DeliverableType[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly description?: string;
}

/** What is left out stays; null takes it away. */
export interface EndpointAmendment {
  readonly url?: string;
  readonly types?: readonly DeliverableType[] | null;
  readonly labels?: Readonly<Record<string, string>>;
  readonly description?: string | null;
  /** True also ends a disablement, and the count of failures with it. */
  readonly enabled?: boolean;
}

export type CreateEndpointResult =
  /** `secret` is to be shown now or never. */
  | { readonly kind: 'created'; readonly endpoint: WebhookEndpoint; readonly secret: string }
  /** The tenant has as many as the settings let it have. */
  | { readonly kind: 'too-many' };

export interface DeliveryFilter {
  readonly state?: DeliveryState;
  readonly cursor?: string;
  readonly limit: number;
}

export interface DeliveryPage {
  /** The newest first. */
  readonly deliveries: readonly WebhookDelivery[];
  /** Where the next page begins; undefined on the last. A page may be short and still have a next. */
  readonly nextCursor?: string;
}

/** What is sent again: one delivery, those in a state, or the stream from an instant (ISO 8601) or entry id on. */
export type ReplaySelection =
  | { readonly deliveryId: string }
  | { readonly state: 'failed' | 'held'; readonly cursor?: string }
  | { readonly since: string };

export type ReplayResult =
  /** `more` is the `since` with which to go on, or for a state the `cursor`, where one call did not do all. */
  | { readonly kind: 'replayed'; readonly count: number; readonly more?: string }
  /** There is no such endpoint. */
  | { readonly kind: 'not-found' }
  /** The endpoint has no such delivery, or it is no longer kept. */
  | { readonly kind: 'delivery-not-found' }
  /** It has to be enabled first. */
  | { readonly kind: 'disabled' };

/** Of the metrics: counts over all tenants. */
export interface WebhookFigures {
  readonly pendingCount: number;
  /** How long the receiver that should have been sent something has been waiting, in ms; 0 where none is. */
  readonly overdueMs: number;
  /** Webhooks whose last attempt failed, and for how long the longest of them has, in ms. */
  readonly failingCount: number;
  readonly longestFailingMs: number;
  /** Webhooks that are disabled, whatever for. */
  readonly disabledCount: number;
}

/**
 * The webhooks of tenants as the API knows them. An endpoint of somebody else is no endpoint: undefined, or
 * `not-found`. Secrets and queries of URLs are sealed before they reach Redis, so all that takes one throws where
 * there is no seal key: callers ask `canSeal` before. All of it rejects with StoreUnavailableError while Redis
 * cannot serve. A job's webhook comes with `jobs.register` and `jobs.amend`.
 */
export interface WebhookStore {
  createEndpoint(tenant: string, endpoint: NewEndpoint): Promise<CreateEndpointResult>;
  /** All of a tenant, the newest first. */
  endpoints(tenant: string): Promise<readonly WebhookEndpoint[]>;
  endpoint(tenant: string, endpointId: string): Promise<WebhookEndpoint | undefined>;
  amendEndpoint(
    tenant: string,
    endpointId: string,
    amendment: EndpointAmendment,
  ): Promise<WebhookEndpoint | undefined>;
  /** Deletes it with its log; what was on its way is not sent any more. False where there is none. */
  removeEndpoint(tenant: string, endpointId: string): Promise<boolean>;
  /** Makes a new secret; the old one signs too for `overlapMs`. */
  rotateSecret(
    tenant: string,
    endpointId: string,
    overlapMs: number,
  ): Promise<{ readonly endpoint: WebhookEndpoint; readonly secret: string } | undefined>;
  /**
   * The log of an endpoint; or that of a job, with what went to endpoints and to its own webhook. Undefined where
   * there is no such endpoint or job.
   */
  deliveries(
    tenant: string,
    of: { readonly endpointId: string } | { readonly jobId: string },
    filter: DeliveryFilter,
  ): Promise<DeliveryPage | undefined>;
  /** Has a test event posted to the endpoint at once, also while it is disabled. Returns the id of the delivery. */
  test(tenant: string, endpointId: string): Promise<string | undefined>;
  /** Sends again, under the `webhook-id` that it had. */
  replay(tenant: string, endpointId: string, selection: ReplaySelection): Promise<ReplayResult>;
  figures(): Promise<WebhookFigures>;
}
