import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** Absolute path of a file or folder of the repository. */
export const pathOf = (name: string): string =>
  fileURLToPath(new URL(`../../../${name}`, import.meta.url));

export const readText = (name: string): string => readFileSync(pathOf(name), 'utf8');

/** Reads YAML as its users do: anchors and merge keys resolved. */
export const readYaml = <T>(name: string): T => parse(readText(name), { merge: true }) as T;

export const readJson = <T>(name: string): T => JSON.parse(readText(name)) as T;

/** Names of the files of a folder that end in `extension`, sorted. */
export const filesOf = (folder: string, extension: string): string[] =>
  readdirSync(pathOf(folder))
    .filter((name) => name.endsWith(extension))
    .sort();
