import { createHash } from 'node:crypto';
import { defaultTenant, eventStream, tenantEventStream } from '@bulkwatch/contract';

/** All keys share one hash tag, so that a transition over several of them is one script on Redis Cluster too. */
const tag = '{bulkwatch}';

const fingerprint = (text: string): string => createHash('sha256').update(text).digest('base64url');

const urlFingerprint = (tenant: string, statusUrl: string): string =>
  fingerprint(`${tenant}\n${statusUrl}`);

/** The day of an instant (epoch ms), by UTC. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Every key that is ours. URLs and Idempotency-Keys appear as fingerprints only: keys show in logs. */
export const keys = {
  events: eventStream,
  /** That of the whole house for the default tenant. */
  tenantEvents: tenantEventStream,
  /** What consumer groups of a tenant's stream have lost. */
  eventLosses: (tenant: string) =>
    tenant === defaultTenant ? `${tag}:event-losses` : `${tag}:event-losses:${tenant}`,
  due: `${tag}:due`,
  tenants: `${tag}:tenants`,
  /** Open jobs that cannot be polled as they should, by their poll health. */
  health: `${tag}:job-health`,
  /** Written so that replicas can be waited for; nobody reads it. */
  replicationMark: `${tag}:job-replication`,
  /** Who does something for all processes. */
  duty: (name: string) => `${tag}:duty:${name}`,
  jobs: `${tag}:job`,
  job: (jobId: string) => `${tag}:job:${jobId}`,
  /** Bases of the keys that each job has. */
  bases: {
    polls: `${tag}:polls`,
    manifests: `${tag}:manifest`,
    pages: `${tag}:pages`,
  },
  polls: (jobId: string) => `${tag}:polls:${jobId}`,
  manifest: (jobId: string) => `${tag}:manifest:${jobId}`,
  pages: (jobId: string) => `${tag}:pages:${jobId}`,
  /** Not a key but a field: that of one page in the hash of the pages. */
  pageField: (url: string) => fingerprint(url),
  /** What an operator says of everything. */
  house: `${tag}:house`,
  /** Records of the providers whose circuit is open. */
  providersOut: `${tag}:providers-out`,
  /** Origins that an operator has paused, `*` for everything. */
  providersPaused: `${tag}:providers-paused`,
  /** Base of the records of providers; beside each are `:inflight` and `:turns`. */
  providers: `${tag}:provider`,
  provider: (origin: string) => `${tag}:provider:${origin}`,
  inFlight: (origin: string) => `${tag}:provider:${origin}:inflight`,
  /** Origins of all providers that have ever had a job. */
  providersIndex: `${tag}:providers`,
  /** Counters of one day (by UTC) of a provider; `at` is any instant of that day, epoch ms. */
  score: (origin: string, at: number) => `${tag}:score:${origin}:${dayOf(at)}`,
  /** How long the last completed exports of a provider took. */
  durations: (origin: string) => `${tag}:durations:${origin}`,
  /** `urlFingerprint` is given where the record keeps it, because its status URL is sealed. */
  openJob: (job: { tenant: string; statusUrl: string; urlFingerprint?: string }) =>
    `${tag}:open:${job.urlFingerprint ?? urlFingerprint(job.tenant, job.statusUrl)}`,
  /** Not a key but the end of one. Not secret: it is of use only to who knows the URL. */
  urlFingerprint,
  idempotency: (tenant: string, key: string) =>
    `${tag}:idempotency:${fingerprint(`${tenant}\n${key}`)}`,
  /** One hash of all API keys, by their ids. */
  apiKeys: `${tag}:api-keys`,
  requestQuota: (caller: string) => `${tag}:quota:${fingerprint(caller)}`,
  /** Completed jobs by when to look at the expiry of their files. */
  expiry: `${tag}:expiry`,
  /** Those that expire soon and wait for an acknowledgement, by when they expire. */
  expiring: `${tag}:expiring`,
  /** How far the look after settled jobs has come, and whose turn it is. */
  upkeep: `${tag}:upkeep`,
  upkeepTurn: `${tag}:upkeep:turn`,
  /** Of which schema the data is, and how far its migration has come. */
  schema: `${tag}:schema`,
  /** Who is alive, and which schemas they know. */
  processes: `${tag}:processes`,
  /** Written again and again by workers, to see that Redis takes it: where the engine writes, with its rights. */
  signOfLife: `${tag}:bull:sign-of-life`,
  /** Slot of a credential's access token. */
  token: (credential: string) => `${tag}:token:${credential}`,
  /** Base of one sorted set per state; ids sort by time of registration, all scores are 0. */
  index: (tenant: string) => `${tag}:jobs:${tenant}`,
  /** Base of those of all tenants. */
  indexes: `${tag}:jobs`,
} as const;

/** Name and key prefix of the engine's queue. Everything below the prefix may be lost and is rebuilt. */
export const wakeUpQueue = { name: 'polls', prefix: `${tag}:bull` } as const;
