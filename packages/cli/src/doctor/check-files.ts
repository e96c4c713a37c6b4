import type { Settings } from '@bulkwatch/runtime';
import { type Check, failed, ok, warning } from './check.js';
import type { Patient } from './patient.js';

/** The files that settings name: tenants, presets, credentials. None where the services are elsewhere. */
export async function checkFiles({ worker, isService, env }: Patient): Promise<readonly Check[]> {
  if (!isService) return [];
  if (!worker)
    return [failed('files', 'They cannot be looked at.', 'Mend the settings of the worker first.')];
  const egress = await import('@bulkwatch/egress');
  const { presetsFile, providerPresets, tenantsFile, credentialsFile } = worker;
  const allowHttp = worker.dangerouslyAllowHttp;
  const look = lookWith(egress.ConfigurationError);
  return Promise.all([
    look('presets', async () => {
      const book = await egress.loadPresetBook(presetsFile, providerPresets);
      return `${book.names().length} presets are known, ${presetsFile ?? 'none of your own'}.`;
    }),
    look('tenants', async () => {
      await egress.openProviderPolicy(worker, { onReload: () => undefined });
      return tenantsFile === undefined
        ? 'All tenants share one list of origins.'
        : `The file ${tenantsFile} can be used.`;
    }),
    look('credentials', async () => {
      const book = await egress.loadCredentialBook(credentialsFile, { allowHttp, env });
      return namesWords(book.names());
    }).then(async (check) => {
      if (check.level === 'ok') return check;
      const names = await bindingsOf(egress, worker);
      return names === undefined ? check : forTheApiOnly(check);
    }),
  ]);
}

const lookWith =
  (ConfigurationError: typeof import('@bulkwatch/egress').ConfigurationError) =>
  async (name: string, look: () => Promise<string>): Promise<Check> => {
    try {
      return ok(name, await look());
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      const [says = '', ...lines] = error.message.split('\n');
      return failed(name, says.replace(/:$/, '.'), 'Mend what is named below.', {
        lines: lines.map((line) => line.trim()),
        facts: { problems: error.problems },
      });
    }
  };

async function bindingsOf(
  { loadCredentialBindings, ConfigurationError }: typeof import('@bulkwatch/egress'),
  { credentialsFile, dangerouslyAllowHttp: allowHttp }: Settings,
): Promise<readonly string[] | undefined> {
  try {
    return (await loadCredentialBindings(credentialsFile, { allowHttp })).names();
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}

/** Secrets that a credentials file names are for the worker alone to read. */
const forTheApiOnly = (check: Check): Check =>
  warning(
    check.name,
    `${check.says} The file itself is well: it is what it names.`,
    'Right where the api runs; where the worker runs, mend what is named below.',
    { ...(check.lines && { lines: check.lines }), ...(check.facts && { facts: check.facts }) },
  );

const namesWords = (names: readonly string[]): string =>
  names.length === 0
    ? 'None is configured: jobs bring tokens of their own, or need none.'
    : `${names.join(', ')} can be used; --credential NAME gets a token with one.`;
