import type { Diagnosis, RequirementFinding } from '@bulkwatch/store';
import { spanWords } from '../time-words.js';
import { type Check, failed, ok, warning } from './check.js';
import { checkSchema } from './check-schema.js';
import { checkSeals } from './check-seals.js';
import { checkWorkers } from './check-workers.js';
import { isSet, type Patient } from './patient.js';

/** Nobody waits as long for an answer as a starting service does. */
const connectTimeoutMs = 3_000;
/** As the alert BulkwatchClockSkew has it. */
const skewMaxMs = 5_000;

/** Everything that is seen in Redis. */
export async function checkRedis(patient: Patient): Promise<readonly Check[]> {
  const { values } = patient.inspection;
  const { redisUrl } = values;
  if (!redisUrl)
    return [failed('redis', 'It cannot be looked for.', 'Mend BULKWATCH_REDIS_URL first.')];
  const { openDiagnosis, RequirementsError } = await import('@bulkwatch/store');
  try {
    const diagnosis = await openDiagnosis({ ...values, redisUrl }, connectTimeoutMs);
    try {
      return await examine(diagnosis, patient);
    } finally {
      diagnosis.close();
    }
  } catch (error) {
    if (!(error instanceof RequirementsError)) throw error;
    return [unreachable(patient, error.message.split('\n').at(-1)?.trim() ?? error.message)];
  }
}

/** For who only calls the api, there is no Redis to be reached. */
function unreachable(patient: Patient, says: string): Check {
  const ways = [
    'BULKWATCH_REDIS_URL',
    'BULKWATCH_REDIS_SENTINELS',
    'BULKWATCH_REDIS_CLUSTER_NODES',
  ];
  if (patient.isService || ways.some((name) => isSet(patient, name)))
    return failed('redis', says, 'Start it, or say where it is; see docs/redis.md.');
  const advice =
    'Where the services run, set BULKWATCH_REDIS_URL; whoever only calls the api needs none.';
  return warning('redis', says, advice);
}

async function examine(diagnosis: Diagnosis, patient: Patient): Promise<readonly Check[]> {
  const looks: readonly (readonly [string, () => Promise<readonly Check[]>])[] = [
    ['redis', async () => (await diagnosis.requirements()).map(checkOf)],
    ['redis-rights', async () => [await checkRights(diagnosis)]],
    ['clock', async () => [await checkClock(diagnosis)]],
    ['schema', async () => [checkSchema(await diagnosis.schema())]],
    ['seal-keys', async () => [await checkSeals(diagnosis, patient)]],
    ['workers', async () => [await checkWorkers(diagnosis, patient)]],
  ];
  const checks: Check[] = [];
  for (const [name, look] of looks) checks.push(...(await look().catch(refusedOr(name))));
  return checks;
}

const advices: Readonly<Record<RequirementFinding['topic'], string>> = {
  version: 'Upgrade Redis.',
  role: 'Name the primary in BULKWATCH_REDIS_URL, or the Sentinels in BULKWATCH_REDIS_SENTINELS, or wait until it has loaded.',
  topology: 'Name nodes of the cluster in BULKWATCH_REDIS_CLUSTER_NODES; see docs/redis.md.',
  eviction: 'Set maxmemory-policy noeviction; see infra/redis, of a managed one docs/redis.md.',
  durability: 'Set appendonly yes and appendfsync always, unless such a loss is acceptable.',
};

const checkOf = ({ topic, level, says }: RequirementFinding): Check => ({
  name: `redis-${topic}`,
  level,
  says,
  ...(level === 'ok' ? {} : { advice: advices[topic] }),
});

async function checkRights(diagnosis: Diagnosis): Promise<Check> {
  const lacking = await diagnosis.lackingRights();
  const { user } = diagnosis;
  const programs = Object.entries(lacking).sort(([, one], [, other]) => one.length - other.length);
  const may = programs.filter(([, lines]) => lines.length === 0).map(([program]) => program);
  const facts = { user, lacking };
  if (may.length > 0)
    return ok('redis-rights', `The user ${user} has the rights of ${may.toSorted().join(', ')}.`, {
      facts,
    });
  const [program, lines] = programs[0] ?? ['', []];
  return failed(
    'redis-rights',
    `The user ${user} has the rights of no program; for ${program} ${lines.length} are missing.`,
    'Give it those of infra/redis/users.acl.',
    { lines, facts },
  );
}

async function checkClock(diagnosis: Diagnosis): Promise<Check> {
  const skewMs = Math.round(await diagnosis.clockSkewMs());
  const facts = { skewMs };
  const away = Math.abs(skewMs);
  if (away <= skewMaxMs)
    return ok('clock', `Redis's clock and this host's are ${away} ms apart.`, { facts });
  const which = skewMs > 0 ? 'behind' : 'ahead of';
  return warning(
    'clock',
    `The clock of this host is ${spanWords(away)} ${which} that of Redis.`,
    'Have both follow NTP; polls are on time by the clock of Redis, tokens and logs are not.',
    { facts },
  );
}

/** What this user of Redis may not see is no fault; anything else that is refused is one of ours. */
const refusedOr =
  (name: string) =>
  (error: unknown): readonly Check[] => {
    const message = error instanceof Error ? error.message : '';
    if (/NOPERM/.test(message))
      return [
        warning(
          name,
          'The user of Redis may not look.',
          'Look as bulkwatch-admin; see infra/redis/users.acl.',
        ),
      ];
    if (error instanceof Error && error.name === 'StoreUnavailableError')
      return [failed(name, message, 'See whether Redis is well, and try again.')];
    throw error;
  };
