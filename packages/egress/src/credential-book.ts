import { dirname, resolve } from 'node:path';
import type { Fault } from '@bulkwatch/core';
import { Secret } from '@bulkwatch/runtime';
import { ConfigurationError, inFile } from './configuration-error.js';
import { type CredentialEntry, parseCredentialsFile } from './credential-entry.js';
import { readTextFile } from './read-text-file.js';

/** How to get access tokens for one account, and the only origins to which they are ever sent. */
export interface Credential {
  readonly name: string;
  readonly kind: 'client-secret-basic';
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  readonly scope?: string;
  /** As `URL.origin` spells them. */
  readonly origins: readonly string[];
}

/** The configured credentials. */
export interface CredentialBook {
  find(name: string): Credential | undefined;
  names(): readonly string[];
}

/**
 * Reads the credentials from a JSON file, `{"credentials": [...]}`; without a file the book is
 * empty. An entry carries its `clientSecret`, or names a `clientSecretFile` relative to the JSON file.
 *
 * @throws ConfigurationError with every problem of the file; none shows a value.
 */
export async function loadCredentialBook(
  file: string | undefined,
  options: { allowHttp: boolean },
): Promise<CredentialBook> {
  if (file === undefined) return bookOf([]);
  const content = await readTextFile(file);
  const { entries, faults } =
    'text' in content
      ? parseCredentialsFile(content.text, options)
      : { entries: [], faults: [{ path: [], message: content.message }] };
  const opened = await Promise.all(entries.map((entry) => openSecret(entry, dirname(file))));
  const problems = [...faults, ...opened.filter((result) => 'message' in result)];
  if (problems.length > 0)
    throw new ConfigurationError(`The credentials file ${file}`, problems.map(inFile));
  return bookOf(opened.filter((result) => 'clientSecret' in result));
}

function bookOf(credentials: readonly Credential[]): CredentialBook {
  const byName = new Map(credentials.map((credential) => [credential.name, credential]));
  return { find: (name) => byName.get(name), names: () => [...byName.keys()] };
}

async function openSecret(
  { path, credential }: CredentialEntry,
  folder: string,
): Promise<Credential | Fault> {
  const { clientSecret, clientSecretFile, scope, ...rest } = credential;
  const open = (secret: string): Credential => ({
    ...rest,
    ...(scope !== undefined && { scope }),
    clientSecret: new Secret(secret),
  });
  if (clientSecretFile === undefined) return open(clientSecret ?? '');

  const refuse = (message: string): Fault => ({ path: [...path, 'clientSecretFile'], message });
  const content = await readTextFile(resolve(folder, clientSecretFile));
  if ('message' in content) return refuse(content.message);
  // Editors and `echo` end a file with a newline that is no part of the secret.
  const secret = content.text.replace(/\r?\n$/, '');
  return secret === '' ? refuse('is an empty file') : open(secret);
}
