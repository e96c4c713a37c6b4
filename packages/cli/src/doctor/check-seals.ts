import type { Diagnosis, SealSurvey } from '@bulkwatch/store';
import { type Check, failed, ok, warning } from './check.js';
import { isSet, type Patient } from './patient.js';

const name = 'seal-keys';

/** Whether the seal keys are there, and are those that Redis's contents are sealed with. */
export async function checkSeals(
  diagnosis: Pick<Diagnosis, 'seals'>,
  patient: Patient,
): Promise<Check> {
  const file = patient.inspection.values.sealKeysFile;
  if (file === undefined) return withoutKeys(patient);
  const { listSealKeyIds, SealKeysError } = await import('@bulkwatch/store');
  try {
    const keyIds = await listSealKeyIds(file);
    return judge(keyIds, await diagnosis.seals());
  } catch (error) {
    if (!(error instanceof SealKeysError)) throw error;
    const says = `${error.message}.`;
    return failed(name, says, 'Mend the file that BULKWATCH_SEAL_KEYS_FILE names.');
  }
}

function withoutKeys(patient: Patient): Check {
  if (!patient.isService || isSet(patient, 'BULKWATCH_SEAL_KEYS_FILE'))
    return ok(name, 'There are none here; only the services and seal rotate need them.');
  return warning(
    name,
    'There are none: submitted tokens are refused, and manifests and queries of URLs are kept in clear.',
    'Set BULKWATCH_SEAL_KEYS_FILE; see docs/credentials.md.',
  );
}

function judge(keyIds: readonly string[], survey: SealSurvey): Check {
  const { jobCount, isPartial, jobsByKeyId } = survey;
  const facts = { keyIds, jobCount, isPartial, jobsByKeyId: Object.fromEntries(jobsByKeyId) };
  const looked = `of ${isPartial ? 'the oldest and newest ' : ''}${jobsWords(jobCount)}`;
  const missing = [...jobsByKeyId].filter(([keyId]) => !keyIds.includes(keyId));
  if (missing.length > 0)
    return failed(
      name,
      `Keys are missing on the ring, ${looked}: ${missing.map(([keyId, jobs]) => `${keyId} for ${jobsWords(jobs)}`).join(', ')}.`,
      'Put the key back; have seal rotate say that nothing is left of a key before it is taken off.',
      { facts },
    );
  const [active = '', ...others] = keyIds;
  const old = others.length === 0 ? '' : `; ${others.join(', ')} opens what is older`;
  return ok(name, `${active} seals${old}; none is missing, ${looked}.`, { facts });
}

const jobsWords = (count: number): string => (count === 1 ? '1 job' : `${count} jobs`);
