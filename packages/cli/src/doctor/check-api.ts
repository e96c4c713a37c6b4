import { type Client, isBulkwatchError } from '@bulkwatch/client';
import { SettingsError } from '@bulkwatch/runtime';
import { printable } from '../printable.js';
import { type Check, failed, ok, warning } from './check.js';
import { isSet, type Patient } from './patient.js';

const name = 'api';
const timeoutMs = 3_000;
/** That this program was written for. */
const knownVersion = '1';

/** Whether the api answers, in which version, and takes the key. */
export async function checkApi(openClient: () => Client, patient: Patient): Promise<Check> {
  try {
    return await ask(openClient(), patient);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return failed(name, 'It cannot be looked for.', 'Mend the settings first.');
  }
}

async function ask(client: Client, patient: Patient): Promise<Check> {
  const startedAt = performance.now();
  try {
    const version = await client.getApiVersion({ timeoutMs });
    const durationMs = Math.round(performance.now() - startedAt);
    const facts = { version, durationMs };
    if (version !== knownVersion)
      return warning(
        name,
        `It answers in version ${printable(version)}; this program knows version ${knownVersion}.`,
        'Use a command line of the same release.',
        { facts },
      );
    return await checkKey(client, patient, { says: `It answers, in ${durationMs} ms`, facts });
  } catch (error) {
    if (!isBulkwatchError(error)) throw error;
    return unreachable(patient, printable(error.message));
  }
}

/** Where only the services are set up, nobody may have said where the api is. */
function unreachable(patient: Patient, says: string): Check {
  const advice = 'Start it, or say where it is by BULKWATCH_API_URL or --api-url.';
  return isSet(patient, 'BULKWATCH_API_URL')
    ? failed(name, says, advice)
    : warning(name, `${says} It was looked for at the default address.`, advice);
}

async function checkKey(
  client: Client,
  patient: Patient,
  { says, facts }: { says: string; facts: Readonly<Record<string, unknown>> },
): Promise<Check> {
  const hasKey = isSet(patient, 'BULKWATCH_API_KEY');
  try {
    await client.listJobs({}, { limit: 1, timeoutMs });
    return ok(name, `${says}, ${hasKey ? 'and takes the key' : 'and asks for no key'}.`, { facts });
  } catch (error) {
    if (!isBulkwatchError(error)) throw error;
    const refusal = `${says}, and then: ${printable(error.message)}`;
    if (hasKey) return failed(name, refusal, 'See BULKWATCH_API_KEY, and keys list.', { facts });
    return warning(name, refusal, 'Set BULKWATCH_API_KEY; keys create makes one.', { facts });
  }
}
