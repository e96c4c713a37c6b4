import { dirname } from 'node:path';
import type { Fault } from '@bulkwatch/core';
import type { Environment } from '@bulkwatch/runtime';
import { ConfigurationError, inFile } from './configuration-error.js';
import type { Credential, CredentialBinding } from './credential.js';
import { type CredentialEntry, parseCredentialsFile } from './credential-entry.js';
import { openCredential } from './credential-opening.js';
import { type ReadText, readTextFile } from './read-text-file.js';

/** The configured credentials, or of each only its binding. */
export interface CredentialBook<Held extends CredentialBinding = Credential> {
  /** Undefined as well where the credential is not for that tenant: nobody else learns that there is one. */
  find(name: string, tenant: string): Held | undefined;
  names(): readonly string[];
}

/** The bindings of the configured credentials: for who judges registrations, and gets no token. */
export type CredentialBindings = CredentialBook<CredentialBinding>;

export interface CredentialsReading {
  readonly allowHttp: boolean;
  readonly readText?: ReadText;
}

/**
 * Reads the credentials from a JSON file, `{"credentials": [...]}`; without a file the book is empty. Secrets
 * stand in the entries, in files that these name relative to the JSON file, or in variables of `env`.
 *
 * @throws ConfigurationError with every problem of the file and of what it names; none shows a value.
 */
export function loadCredentialBook(
  file: string | undefined,
  { env, ...reading }: CredentialsReading & { readonly env: Environment },
): Promise<CredentialBook> {
  const folder = dirname(file ?? '');
  return load(file, reading, (entry, readText) => openCredential(entry, { folder, readText, env }));
}

/**
 * Reads the same file for the bindings alone: files and variables that it names are not looked at, and secrets
 * that it holds are not kept.
 *
 * @throws ConfigurationError with every problem of the file; none shows a value.
 */
export function loadCredentialBindings(
  file: string | undefined,
  reading: CredentialsReading,
): Promise<CredentialBindings> {
  return load(file, reading, async ({ credential: { name, origins, tenants } }) => ({
    name,
    origins,
    ...(tenants !== undefined && { tenants }),
  }));
}

async function load<Held extends CredentialBinding>(
  file: string | undefined,
  { allowHttp, readText = readTextFile }: CredentialsReading,
  open: (
    entry: CredentialEntry,
    readText: ReadText,
  ) => Promise<Held | { readonly faults: readonly Fault[] }>,
): Promise<CredentialBook<Held>> {
  if (file === undefined) return createCredentialBook<Held>([]);
  const content = await readText(file);
  const { entries, faults } =
    'text' in content
      ? parseCredentialsFile(content.text, { allowHttp })
      : { entries: [], faults: [{ path: [], message: content.message }] };
  const opened = await Promise.all(entries.map((entry) => open(entry, readText)));
  const problems = [
    ...faults,
    ...opened.flatMap((result) => ('faults' in result ? result.faults : [])),
  ];
  if (problems.length > 0)
    throw new ConfigurationError(`The credentials file ${file}`, problems.map(inFile));
  return createCredentialBook(opened.filter((result) => 'name' in result));
}

/** A book of these credentials; of two with one name it has the last. */
export function createCredentialBook<Held extends CredentialBinding>(
  credentials: readonly Held[],
): CredentialBook<Held> {
  const byName = new Map(credentials.map((credential) => [credential.name, credential]));
  return {
    find(name, tenant) {
      const credential = byName.get(name);
      return credential?.tenants?.includes(tenant) === false ? undefined : credential;
    },
    names: () => [...byName.keys()],
  };
}
