import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const folder = fileURLToPath(new URL('../../scripts/docs/screens/', import.meta.url));

/**
 * Compares a screen with the committed one that docs/cli.md shows. UPDATE_SCREENS=1 writes one that differs. What differs
 * from run to run is put in order before (ids, ports, instants), or not looked at (how many seconds, and how wide
 * columns get by them).
 */
export async function expectScreen(name: string, screen: string): Promise<void> {
  const file = `${folder}${name}.txt`;
  const orderly = inOrder(screen);
  const committed = await readFile(file, 'utf8').catch(() => '');
  const [shown, expected] = [withoutChance(orderly), withoutChance(committed.trimEnd())];
  if (process.env['UPDATE_SCREENS'] && shown !== expected) return writeFile(file, `${orderly}\n`);
  expect(shown, `UPDATE_SCREENS=1 writes scripts/docs/screens/${name}.txt`).toBe(expected);
}

/** The same with ids and ports by the order in which they appear, as wide as before, and with an instant of all. */
function inOrder(screen: string): string {
  return renumber(
    renumber(
      screen,
      /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g,
      (count) => `019ab5c0-52be-745c-a743-${String(count).padStart(12, '0')}`,
    ),
    /(?<=127\.0\.0\.1:)\d{5}/g,
    (count) => String(40_000 + count),
  )
    .replace(/(?<=Redis )\d+\.\d+\.\d+/, '7.4.11')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '2026-01-05T09:30:00.000Z');
}

function renumber(text: string, pattern: RegExp, nameOf: (count: number) => string): string {
  const seen = new Map<string, string>();
  return text.replace(pattern, (found) => {
    const name = seen.get(found) ?? nameOf(seen.size + 1);
    seen.set(found, name);
    return name;
  });
}

const withoutChance = (screen: string): string =>
  screen
    .replace(/\b\d+ (ms|s|min|h|d)\b( \d+ (s|min|h)\b)?/g, 'SPAN')
    .replace(/in SPAN|any moment/g, 'ETA')
    .replace(/ +/g, ' ');
