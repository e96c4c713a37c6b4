import { type ApiKeys, createApiKeys } from './api-keys.js';
import { connect, type StoreRole } from './connection.js';
import { createJobStore } from './create-job-store.js';
import { createDoorbell, type JobListener } from './doorbell.js';
import { createEventReader, type EventReader } from './event-reader.js';
import { createDuties, type Duties } from './fleet/duties.js';
import type { JobStore } from './job-store.js';
import { keyedFingerprints } from './keyed-fingerprints.js';
import { lookAtQueues, type ReadyQueues } from './look-at-queues.js';
import { createProviderStore, type ProviderStore } from './provider-store.js';
import { type RedisServer, redisOf } from './redis/redis-server.js';
import { RedisClock } from './redis-clock.js';
import { type ReplicationRule, replicationOf, withReplication } from './replication.js';
import { checkRequirements, type RequirementReport } from './requirements.js';
import type { RequirementsError } from './requirements-error.js';
import { type ResealReport, resealAll } from './reseal-all.js';
import { createSchema, type StoreSchema } from './schema/create-schema.js';
import type { SchemaPlan } from './schema/migration.js';
import { createSealer } from './seal.js';
import { type SealKeysReload, watchSealKeys } from './seal-keys.js';
import { ask, type StoreContext, type StoreLimits } from './store-context.js';
import { type Quota, type QuotaState, takeRequest } from './take-request.js';
import { createTokenStore, type TokenStore } from './token-store.js';
import { createEventStreams, type EventStreams } from './trim-events.js';
import { redisNow, untilReady } from './until-ready.js';
import { createWakeUpQueue } from './wake-up-queue.js';
import type { WebhookStore } from './webhook-store.js';
import { createWebhookStore } from './webhooks/create-webhook-store.js';
import { createWebhookEngine, type WebhookEngine } from './webhooks/webhook-engine.js';
import { createWebhookBell } from './webhooks/webhook-queue.js';

export interface StoreOptions extends RedisServer {
  readonly role: StoreRole;
  /** Longest wait for Redis at the start. */
  readonly connectTimeoutMs: number;
  readonly sealKeysFile?: string | undefined;
  readonly limits: StoreLimits;
  /** Lets events carry URLs of files that may be signed; they do not unless told so. */
  readonly inlineSignedUrls?: boolean;
  /** Has subscribers told of changes of poll health; they are not unless told so. */
  readonly healthEvents?: boolean;
  /** How many replicas must have a registration before it is acknowledged; none unless told so. */
  readonly replication?: ReplicationRule | undefined;
  /** Those of this release, unless told so. */
  readonly schemaPlan?: SchemaPlan;
  /** Told that the data is no longer for this release; unless told so, it is thrown where nobody can catch it. */
  readonly onUnfit?: (error: RequirementsError) => void;
  /** Told what became of a changed file of seal keys. */
  readonly onSealKeysReload?: ((reload: SealKeysReload) => void) | undefined;
  /** Told of troubles that nobody is waiting for, such as a lost connection. */
  readonly onProblem: (what: string, error: unknown) => void;
}

export interface Store {
  readonly jobs: JobStore;
  readonly providers: ProviderStore;
  readonly events: EventReader;
  readonly eventStreams: EventStreams;
  readonly apiKeys: ApiKeys;
  readonly schema: StoreSchema;
  readonly duties: Duties;
  readonly webhooks: WebhookStore;
  /** Sends what is on its way to webhooks; for the worker. */
  readonly webhookEngine: WebhookEngine;
  /** The access tokens of named credentials; undefined where there is no key to seal them with. */
  readonly tokens: TokenStore | undefined;
  /** Whether submitted bearer tokens, URLs that hold a secret, and manifests can be sealed here. */
  readonly canSeal: boolean;
  /** Takes one request out of a caller's quota, by Redis's clock. */
  takeRequest(caller: string, quota: Quota): Promise<QuotaState>;
  /** Asks Redis for a sign of life; for the api within a second. */
  ping(): Promise<void>;
  /** Whether the engine's queues have entries that wait to be fetched. Rejects also while Redis takes no write. */
  readyQueues(): Promise<ReadyQueues>;
  /** Redis's clock minus this host's, in ms. */
  clockSkewMs(): Promise<number>;
  requirements(): Promise<RequirementReport>;
  /** Calls `listener` with the id and the tenant of every job that has an event. Returns how to stop it. */
  watchJobs(listener: JobListener): () => void;
  /** Seals with the active key what is sealed with an older one. */
  resealAll(): Promise<ResealReport>;
  close(): Promise<void>;
}

/** What has no answer when a connection ends is not sent on the next one, and rejects at once. */
const neverAgain = { autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0 };

/**
 * Opens the store. Throws RequirementsError when Redis cannot be reached in time, and SealKeysError when the
 * key file is wrong.
 */
export async function createStore(options: StoreOptions): Promise<Store> {
  const { role, onProblem, limits } = options;
  const sealKeys =
    options.sealKeysFile === undefined
      ? undefined
      : await watchSealKeys(options.sealKeysFile, {
          onReload: options.onSealKeysReload ?? (() => undefined),
        });
  const sealer = sealKeys && createSealer(sealKeys.current);
  const server = redisOf(options);
  const redis = connect(server, role, onProblem);
  const waiting = options.replication && connect(server, role, onProblem, neverAgain);
  const now = await untilReady(redis, server, options.connectTimeoutMs).catch((error: unknown) => {
    sealKeys?.close();
    waiting?.disconnect();
    throw error;
  });
  const clock = new RedisClock(now);
  const queue = createWakeUpQueue(redis, clock);
  const bell = createWebhookBell(redis, onProblem);
  const doorbell = createDoorbell(server, onProblem);
  const context: StoreContext = {
    redis,
    queue,
    sealer,
    fingerprintsOf: keyedFingerprints(sealKeys?.current),
    limits,
    inlineSignedUrls: options.inlineSignedUrls ?? false,
    healthEvents: options.healthEvents ?? false,
    onProblem,
    clock,
  };

  const schema = createSchema(context, options);
  const jobs = createJobStore(context);

  return {
    jobs:
      waiting && options.replication
        ? withReplication(jobs, replicationOf(waiting, options.replication))
        : jobs,
    providers: createProviderStore(context),
    events: createEventReader(context),
    eventStreams: createEventStreams(context),
    apiKeys: createApiKeys(context),
    schema,
    duties: createDuties(context),
    webhooks: createWebhookStore({ ...context, bell }),
    webhookEngine: createWebhookEngine({ ...context, bell }, server),
    takeRequest: (caller, quota) => takeRequest(context, caller, quota),
    tokens: sealer && createTokenStore({ redis }, sealer),
    canSeal: sealer !== undefined,
    ping: async () => void (await ask(redis.ping())),
    readyQueues: () => lookAtQueues(redis),
    clockSkewMs: async () => (await redisNow(redis)) - Date.now(),
    requirements: () => checkRequirements(redis, server),
    watchJobs: (listener) => doorbell.listen(listener),
    resealAll: () => resealAll(context),
    async close() {
      sealKeys?.close();
      await schema.leave();
      const closing = Promise.allSettled([queue.close(), bell.close(), doorbell.close()]);
      // Not after that: without Redis, what is waiting for an answer would wait for ever.
      redis.disconnect();
      waiting?.disconnect();
      await closing;
    },
  };
}
