import { closeSync, openSync, readSync } from 'node:fs';
import { type Canary, spellingsOf } from '@bulkwatch/testkit';
import type { Finding } from '../checkers/finding.js';

/** Kinds of places where a secret might turn up. */
export const scannedKinds = [
  'logs',
  'metrics',
  'answers',
  'redis',
  'redis files',
  'processes',
] as const;
export type ScannedKind = (typeof scannedKinds)[number];

export interface SecretScan {
  look(kind: ScannedKind, place: string, text: string): void;
  lookInFile(kind: ScannedKind, place: string, file: string): void;
  finding(): Finding;
}

const chunkBytes = 8 * 1024 * 1024;

/** Looks for secrets, in every spelling. Of what is found nothing but which, how and where is told. */
export function createSecretScan(canaries: readonly Canary[]): SecretScan {
  const needles = canaries.flatMap(({ name, value }) =>
    Object.entries(spellingsOf(value)).flatMap(([spelling, texts]) =>
      texts.map((text) => ({ text, what: `${name}, ${spelling}` })),
    ),
  );
  const overlap = Math.max(...needles.map(({ text }) => text.length));
  const sightings = new Set<string>();
  const sizes = new Map<ScannedKind, number>();
  const look: SecretScan['look'] = (kind, place, text) => {
    sizes.set(kind, (sizes.get(kind) ?? 0) + text.length);
    for (const needle of needles)
      if (text.includes(needle.text)) sightings.add(`${needle.what}, in ${place}`);
  };
  return {
    look,
    lookInFile(kind, place, file) {
      for (const text of chunksOf(file, overlap)) look(kind, place, text);
    },
    finding: () => ({
      violations: [...sightings].map((what) => ({ figure: 'secretsSeen', what })),
      chances: Object.fromEntries(
        scannedKinds.map((kind) => [`secretsSeen in ${kind}, characters`, sizes.get(kind) ?? 0]),
      ),
    }),
  };
}

/** A file piece by piece, each with the end of the one before, so that nothing is cut in two. */
function* chunksOf(file: string, overlap: number): Generator<string> {
  const fd = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(chunkBytes);
    let tail = '';
    for (;;) {
      const size = readSync(fd, buffer);
      if (size === 0) return;
      const text = tail + buffer.toString('latin1', 0, size);
      yield text;
      tail = text.slice(-overlap);
    }
  } finally {
    closeSync(fd);
  }
}
