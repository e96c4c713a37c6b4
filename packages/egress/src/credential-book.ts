import { dirname } from 'node:path';
import { ConfigurationError, inFile } from './configuration-error.js';
import type { Credential } from './credential.js';
import { parseCredentialsFile } from './credential-entry.js';
import { openCredential } from './credential-opening.js';
import { type ReadText, readTextFile } from './read-text-file.js';

/** The configured credentials. */
export interface CredentialBook {
  /** Undefined as well where the credential is not for that tenant: nobody else learns that there is one. */
  find(name: string, tenant: string): Credential | undefined;
  names(): readonly string[];
}

/**
 * Reads the credentials from a JSON file, `{"credentials": [...]}`; without a file the book is empty. Secrets
 * stand in the entries, or in files that these name relative to the JSON file.
 *
 * @throws ConfigurationError with every problem of the files; none shows a value.
 */
export async function loadCredentialBook(
  file: string | undefined,
  { allowHttp, readText = readTextFile }: { allowHttp: boolean; readText?: ReadText },
): Promise<CredentialBook> {
  if (file === undefined) return createCredentialBook([]);
  const content = await readText(file);
  const { entries, faults } =
    'text' in content
      ? parseCredentialsFile(content.text, { allowHttp })
      : { entries: [], faults: [{ path: [], message: content.message }] };
  const opened = await Promise.all(
    entries.map((entry) => openCredential(entry, dirname(file), readText)),
  );
  const problems = [
    ...faults,
    ...opened.flatMap((result) => ('faults' in result ? result.faults : [])),
  ];
  if (problems.length > 0)
    throw new ConfigurationError(`The credentials file ${file}`, problems.map(inFile));
  return createCredentialBook(opened.filter((result) => 'kind' in result));
}

/** A book of these credentials; of two with one name it has the last. */
export function createCredentialBook(credentials: readonly Credential[]): CredentialBook {
  const byName = new Map(credentials.map((credential) => [credential.name, credential]));
  return {
    find(name, tenant) {
      const credential = byName.get(name);
      return credential?.tenants?.includes(tenant) === false ? undefined : credential;
    },
    names: () => [...byName.keys()],
  };
}
