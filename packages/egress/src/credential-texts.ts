import { resolve } from 'node:path';
import type { Fault } from '@bulkwatch/core';
import type { Environment } from '@bulkwatch/runtime';
import type { CredentialEntry } from './credential-entry.js';
import type { ReadText } from './read-text-file.js';

/**
 * What an entry gives in one of up to three ways: itself, in a file (`clientSecretFile`), or in a variable of the
 * environment (`clientSecretEnv`).
 */
export const givenParts = [
  ['clientSecret'],
  ['privateKey'],
  ['token'],
  ['tls', 'ca'],
  ['tls', 'cert'],
  ['tls', 'key'],
] as const;
type Part = (typeof givenParts)[number] extends readonly [...string[], infer Last] ? Last : never;

/** A text, and the member of the entry by which it was given. */
export interface GivenText {
  readonly text: string;
  readonly member: string;
}
export type GivenTexts = Readonly<Partial<Record<Part, GivenText>>>;

/** Where texts stand that are not in the credentials file itself. */
export interface TextPlaces {
  /** The folder of the credentials file. */
  readonly folder: string;
  readonly readText: ReadText;
  readonly env: Environment;
}

/** Reads everything that an entry gives, and tells what cannot be read; never what it holds. */
export async function readGivenTexts(
  { path, credential }: CredentialEntry,
  places: TextPlaces,
): Promise<{ texts: GivenTexts; faults: readonly Fault[] }> {
  const texts: Partial<Record<Part, GivenText>> = {};
  const faults: Fault[] = [];
  for (const part of givenParts) {
    const holder = part.length === 1 ? credential : credential.tls;
    const name = part[part.length - 1] as Part;
    const given = await readGiven((holder ?? {}) as Members, name, credential.name, places);
    if (!given) continue;
    const { member } = given;
    if ('text' in given) texts[name] = { text: given.text, member };
    else faults.push({ path: [...path, ...part.slice(0, -1), member], message: given.message });
  }
  return { texts, faults };
}

type Members = Readonly<Record<string, string | undefined>>;
type Content = { readonly text: string } | { readonly message: string };

async function readGiven(
  members: Members,
  name: Part,
  credential: string,
  { folder, readText, env }: TextPlaces,
): Promise<(Content & { readonly member: string }) | undefined> {
  const inline = members[name];
  if (inline !== undefined) return { member: name, text: inline };
  const file = members[`${name}File`];
  if (file !== undefined)
    return { member: `${name}File`, ...contentOfFile(await readText(resolve(folder, file))) };
  const variable = members[`${name}Env`];
  if (variable === undefined) return undefined;
  return { member: `${name}Env`, ...contentOfVariable(variable, credential, env) };
}

function contentOfFile(content: Content): Content {
  if ('message' in content) return content;
  const text = withoutLastNewline(content.text);
  return text === '' ? { message: 'is an empty file' } : { text };
}

function contentOfVariable(variable: string, credential: string, env: Environment): Content {
  const text = withoutLastNewline(env[variable] ?? '');
  if (text !== '') return { text };
  const what = env[variable] === undefined ? 'not set' : 'empty';
  return { message: `the variable ${variable} of the credential ${credential} is ${what}` };
}

/** Editors and `echo` end a text with a newline that is no part of the secret. */
const withoutLastNewline = (text: string): string => text.replace(/\r?\n$/, '');
