import type { Manifest, OutputFile } from '@bulkwatch/contract';
import { without } from '../../defined.js';
import type { ToldEntries } from '../poll-memory.js';
import type { NewEntries } from '../status-reading.js';

/**
 * UTF-16 units of the entries of one event. With the job beside them an event stays below 64 KiB, which every
 * intermediary forwards (CloudEvents 1.0, "Size Limits").
 */
const partialLengthMax = 44 * 1024;

/** And of what else it says, which every event repeats. */
const membersLengthMax = 4 * 1024;

/** Events of one poll: they are written in one step, and that must not take long. */
const partialsMax = 16;

const lists = ['output', 'deleted', 'errors'] as const;
type ListName = (typeof lists)[number];

/**
 * The entries of a manifest that subscribers have not been told of. A manifest that has been sent only ever grows
 * at its end, but the URLs in it may be signed anew: so it is the place of an entry that tells whether it is new
 * (Bulk Data Access IG 3.0.0, "Response - In-Progress Status"). There is a limit to what one poll tells: the rest
 * is new to the next one.
 */
export function newEntriesOf(
  manifest: Manifest,
  told: ToldEntries = nothingTold,
): NewEntries | undefined {
  const fresh = lists.flatMap((list) =>
    entriesOf(manifest, list)
      .slice(told[list])
      .map((entry) => ({ list, json: JSON.stringify(entry) })),
  );
  if (fresh.length === 0) return undefined;
  const chunks = chunksOf(fresh).slice(0, partialsMax);
  const count = (list: ListName) =>
    told[list] + chunks.flat().filter((entry) => entry.list === list).length;
  return {
    told: { output: count('output'), deleted: count('deleted'), errors: count('errors') },
    partials: chunks
      .filter((entries) => entries.some(isTellable))
      .map((entries) => partialOf(manifest, entries)),
  };
}

const nothingTold: ToldEntries = { output: 0, deleted: 0, errors: 0 };

interface FreshEntry {
  readonly list: ListName;
  readonly json: string;
}

function entriesOf(manifest: Manifest, list: ListName): readonly OutputFile[] {
  const { error, outcome } = manifest;
  return (list === 'errors' ? (error ?? outcome) : manifest[list]) ?? [];
}

/** Filled up one after the other, so that their order is that of the entries. */
function chunksOf(entries: readonly FreshEntry[]): readonly (readonly FreshEntry[])[] {
  const chunks: FreshEntry[][] = [[]];
  let room = partialLengthMax;
  for (const entry of entries) {
    const length = isTellable(entry) ? entry.json.length + 1 : 0;
    if (length > room) {
      chunks.push([]);
      room = partialLengthMax;
    }
    chunks.at(-1)?.push(entry);
    room -= length;
  }
  return chunks;
}

/** No file's entry is that long; should there be one, it comes with the whole manifest. */
const isTellable = ({ json }: FreshEntry): boolean => json.length < partialLengthMax;

/** All of the manifest but for its entries and its link, which tells of no more than there is to come. */
function partialOf(manifest: Manifest, entries: readonly FreshEntry[]): string {
  const { deleted, error, outcome } = manifest;
  const errorsName = error === undefined && outcome !== undefined ? 'outcome' : 'error';
  const listOf = (list: ListName) =>
    `[${entries.flatMap((entry) => (entry.list === list && isTellable(entry) ? [entry.json] : [])).join(',')}]`;
  const parts = [
    ...membersOf(manifest),
    `"output":${listOf('output')}`,
    ...(deleted ? [`"deleted":${listOf('deleted')}`] : []),
    `"${errorsName}":${listOf('errors')}`,
  ];
  return `{${parts.join(',')}}`;
}

/** As JSON; each event repeats them, so that those which are too long for that are left to the whole manifest. */
function membersOf(manifest: Manifest): readonly string[] {
  const others = without(manifest, 'link', 'output', 'deleted', 'error', 'outcome');
  let room = membersLengthMax;
  return Object.entries(others).flatMap(([name, value]) => {
    const json = `${JSON.stringify(name)}:${JSON.stringify(value)}`;
    if (json.length > room) return [];
    room -= json.length;
    return [json];
  });
}
