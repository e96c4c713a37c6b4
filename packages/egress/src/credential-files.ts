import { resolve } from 'node:path';
import type { Fault } from '@bulkwatch/core';
import type { CredentialEntry } from './credential-entry.js';
import type { ReadText } from './read-text-file.js';

/** Where an entry may name a file, relative to the credentials file. */
const members = [
  ['clientSecretFile'],
  ['privateKeyFile'],
  ['tokenFile'],
  ['tls', 'caFile'],
  ['tls', 'certFile'],
  ['tls', 'keyFile'],
] as const;
type FileMember = (typeof members)[number][number];

/** What the files that an entry names hold, by the member that names them. */
export interface NamedFiles {
  readonly texts: Readonly<Partial<Record<FileMember, string>>>;
  readonly faults: readonly Fault[];
}

/** Reads all files that an entry of a credentials file in that folder names. */
export async function readNamedFiles(
  { path, credential }: CredentialEntry,
  folder: string,
  readText: ReadText,
): Promise<NamedFiles> {
  const texts: Partial<Record<FileMember, string>> = {};
  const faults: Fault[] = [];
  for (const member of members) {
    const name = nameAt(credential, member);
    if (name === undefined) continue;
    const content = await readText(resolve(folder, name));
    const told = (message: string) => faults.push({ path: [...path, ...member], message });
    if ('message' in content) told(content.message);
    else if (withoutLastNewline(content.text) === '') told('is an empty file');
    else texts[member.at(-1) as FileMember] = withoutLastNewline(content.text);
  }
  return { texts, faults };
}

function nameAt(credential: object, member: readonly string[]): string | undefined {
  const found = member.reduce<unknown>(
    (value, name) => (value as Readonly<Record<string, unknown>> | undefined)?.[name],
    credential,
  );
  return found as string | undefined;
}

/** Editors and `echo` end a file with a newline that is no part of the secret. */
const withoutLastNewline = (text: string): string => text.replace(/\r?\n$/, '');
