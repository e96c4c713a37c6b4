import { connect } from './connection.js';
import { readFleet } from './fleet/fleet-figures.js';
import type { FleetFigures } from './job-store.js';
import { type RedisServer, readRedisUrl } from './redis/redis-server.js';
import { findLackingRights, type LackingRights } from './redis-rights.js';
import { findRequirements, type RequirementFinding } from './requirements.js';
import { readSchema, type SchemaState } from './schema/read-schema.js';
import { loadSealKeys } from './seal-keys.js';
import { type SealSurvey, surveySeals } from './survey-seals.js';
import { redisNow, untilReady } from './until-ready.js';

/**
 * A look at the Redis of Bulkwatch, which changes nothing. Functions reject with StoreUnavailableError while it cannot
 * serve, and with Redis's own error where its user may not do what they need.
 */
export interface Diagnosis {
  /** Name of the user that is logged in. */
  readonly user: string;
  requirements(): Promise<readonly RequirementFinding[]>;
  lackingRights(): Promise<LackingRights>;
  /** Redis's clock minus this host's, in ms. */
  clockSkewMs(): Promise<number>;
  seals(): Promise<SealSurvey>;
  fleet(overdueToleranceMs: number): Promise<FleetFigures>;
  /** The schema of the data, and who works with it. */
  schema(): Promise<SchemaState>;
  close(): void;
}

/** Opens it. Throws RequirementsError when Redis cannot be reached within `timeoutMs`. */
export async function openDiagnosis(server: RedisServer, timeoutMs: number): Promise<Diagnosis> {
  const redis = connect(server, 'api', () => undefined);
  // What is queued in a transaction must not come again outside of it.
  redis.options.autoResendUnfulfilledCommands = false;
  redis.options.retryStrategy = () => null;
  await untilReady(redis, server, timeoutMs);
  return {
    user: readRedisUrl(server).username ?? 'default',
    requirements: () => findRequirements(redis, server),
    lackingRights: () => findLackingRights(redis),
    clockSkewMs: () => skewOf(() => redisNow(redis)),
    seals: () => surveySeals(redis),
    fleet: (overdueToleranceMs) => readFleet({ redis }, overdueToleranceMs),
    schema: () => readSchema(redis),
    close: () => redis.disconnect(),
  };
}

/** Against the middle of the question and the answer, as either may have taken its time. */
async function skewOf(readNow: () => Promise<number>): Promise<number> {
  const askedAt = Date.now();
  const theirs = await readNow();
  return theirs - (askedAt + Date.now()) / 2;
}

/** Ids of the keys of a key ring, the one that seals first. Throws SealKeysError where it cannot be used. */
export async function listSealKeyIds(file: string): Promise<readonly string[]> {
  return [...(await loadSealKeys(file)).keys()];
}
