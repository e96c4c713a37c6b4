import type { CredentialTrial } from '@bulkwatch/egress';
import { nearestName, systemClock } from '@bulkwatch/runtime';
import { spanWords } from '../time-words.js';
import { type Check, failed, ok } from './check.js';
import type { Patient } from './patient.js';

const name = 'credential';

/** Gets a token with a named credential, really, and tells all of it but the token. */
export async function checkCredential(
  credentialName: string,
  tenant: string,
  { worker, env }: Patient,
): Promise<Check> {
  if (!worker)
    return failed(
      name,
      'It cannot be tried without the settings of the worker.',
      'Try it where they are, with BULKWATCH_CREDENTIALS_FILE.',
    );
  const { ConfigurationError, loadCredentialBook, openProviderPolicy, tryCredential } =
    await import('@bulkwatch/egress');
  try {
    const allowHttp = worker.dangerouslyAllowHttp;
    const book = await loadCredentialBook(worker.credentialsFile, { allowHttp, env });
    const credential = book.find(credentialName, tenant);
    if (!credential) return unknown(credentialName, tenant, book.names());
    const trial = await tryCredential(credential, {
      policy: await openProviderPolicy(worker, { onReload: () => undefined }),
      clock: systemClock,
      requestTimeoutMs: worker.requestTimeoutMs,
      proxy: worker.egressProxy,
    });
    return judge(credentialName, trial);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return failed(name, 'It cannot be tried.', 'Mend the files of credentials and tenants first.');
  }
}

function unknown(wanted: string, tenant: string, names: readonly string[]): Check {
  if (names.includes(wanted))
    return failed(
      name,
      `${wanted} is not for tenant ${tenant}.`,
      'Name a tenant of it with --tenant.',
    );
  const near = nearestName(wanted, names);
  const advice =
    near === undefined
      ? 'Add it to the file of BULKWATCH_CREDENTIALS_FILE.'
      : `Did you mean ${near}?`;
  return failed(name, 'There is no credential of that name.', advice);
}

function judge(credentialName: string, trial: CredentialTrial): Check {
  const facts = { credential: credentialName, ...trial };
  switch (trial.kind) {
    case 'issued':
      return ok(
        name,
        `${credentialName} got a token in ${Math.round(trial.durationMs)} ms, which lives for ${spanWords(trial.lifeMs)}.`,
        { facts },
      );
    case 'nothing-to-get':
      return ok(
        name,
        `${credentialName} gets no token from anybody; whether its provider takes it, a poll will tell.`,
        { facts },
      );
    case 'failed': {
      const { reason, detail, refusal, durationMs } = trial;
      const why = [reason, detail, refusal].filter((word) => word !== undefined).join(', ');
      return failed(
        name,
        `${credentialName} got no token within ${Math.round(durationMs)} ms: ${why}.`,
        refusal === undefined
          ? 'See docs/credentials.md; the token endpoint knows more.'
          : 'The guard refuses its token URL: list its origin in BULKWATCH_PRIVATE_ORIGINS if it is inside of your own network.',
        { facts },
      );
    }
  }
}
