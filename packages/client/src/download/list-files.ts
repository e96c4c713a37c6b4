import { createHash } from 'node:crypto';
import type { Manifest, OutputFile } from '@bulkwatch/contract';

/** Which list of the manifest a file is in. `outcome`, as `error` is called from version 4 of the IG on, is `error` too. */
export type Section = 'output' | 'deleted' | 'error';

/** A file as its manifest lists it. */
export interface ListedFile {
  readonly section: Section;
  /** Type of the resources in it; null where the manifest does not say. */
  readonly type: string | null;
  /** As the manifest has it: it may be signed. */
  readonly url: string;
  /** How many resources are in it, as the manifest says; null where it does not. */
  readonly count: number | null;
  /** What it is called in the folder, such as `Patient-0001.ndjson`. */
  readonly name: string;
}

/** All files that a manifest lists. Names are made of type and number, and hold nothing else that a server says. */
export function listFiles(manifest: Manifest): readonly ListedFile[] {
  const errors = [...(manifest.error ?? []), ...(manifest.outcome ?? [])];
  return [
    ...sectionOf('output', manifest.output ?? []),
    ...sectionOf('deleted', manifest.deleted ?? []),
    ...sectionOf('error', errors),
  ];
}

function sectionOf(section: Section, files: readonly OutputFile[]): ListedFile[] {
  return files.map(({ type = null, url, count }, index) => ({
    section,
    type,
    url,
    count: typeof count === 'number' ? count : null,
    name: nameOf(section, type, index + 1),
  }));
}

function nameOf(section: Section, type: string | null, number: number): string {
  const word = /^[A-Za-z]{1,64}$/.test(type ?? '') ? type : 'file';
  const digits = String(number).padStart(4, '0');
  return `${section === 'output' ? '' : `${section}-`}${word}-${digits}.ndjson`;
}

/**
 * By which an export is known again when its links are fresh: instant of the transaction, and type and count of each file
 * in order. URLs are not in it.
 */
export function fingerprintOf(manifest: Manifest, files: readonly ListedFile[]): string {
  const parts = [
    manifest.transactionTime ?? null,
    files.map(({ section, type, count }) => [section, type, count]),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

/** Whether files want a token. Some servers write the boolean as text. */
export function wantsToken({ requiresAccessToken }: Manifest): boolean {
  return String(requiresAccessToken).toLowerCase() === 'true';
}
