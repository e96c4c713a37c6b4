import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Secret } from '@bulkwatch/runtime';
import { type CredentialEntry, parseCredentialsFile } from './credential-entry.js';
import { CredentialsError, type CredentialsProblem } from './credentials-error.js';

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
 * @throws CredentialsError with every problem of the file; none shows a value.
 */
export async function loadCredentialBook(
  file: string | undefined,
  options: { allowHttp: boolean },
): Promise<CredentialBook> {
  if (file === undefined) return bookOf([]);
  const { entries, problems } = parseCredentialsFile(await readCredentialsFile(file), options);
  const credentials: Credential[] = [];
  for (const entry of entries) {
    const opened = await openSecret(entry, dirname(file));
    if ('message' in opened) problems.push(opened);
    else credentials.push(opened);
  }
  if (problems.length > 0) throw new CredentialsError(file, problems);
  return bookOf(credentials);
}

function bookOf(credentials: readonly Credential[]): CredentialBook {
  const byName = new Map(credentials.map((credential) => [credential.name, credential]));
  return { find: (name) => byName.get(name), names: () => [...byName.keys()] };
}

async function readCredentialsFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CredentialsError(file, [
      { pointer: '', message: `cannot be read (${codeOf(error)})` },
    ]);
  }
}

async function openSecret(
  { pointer, credential }: CredentialEntry,
  folder: string,
): Promise<Credential | CredentialsProblem> {
  const { clientSecret, clientSecretFile, scope, ...rest } = credential;
  const open = (secret: string): Credential => ({
    ...rest,
    ...(scope !== undefined && { scope }),
    clientSecret: new Secret(secret),
  });
  if (clientSecretFile === undefined) return open(clientSecret ?? '');

  const refuse = (message: string): CredentialsProblem => ({
    pointer: `${pointer}/clientSecretFile`,
    message,
  });
  try {
    const text = await readFile(resolve(folder, clientSecretFile), 'utf8');
    // Editors and `echo` end a file with a newline that is no part of the secret.
    const secret = text.replace(/\r?\n$/, '');
    return secret === '' ? refuse('is an empty file') : open(secret);
  } catch (error) {
    return refuse(`cannot be read (${codeOf(error)})`);
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown';
