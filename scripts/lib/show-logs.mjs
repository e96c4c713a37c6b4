import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const lastLines = 15;

/** Prints the end of every log in a folder and below, for somebody who has to find out what went wrong. */
export function showLogs(folder) {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.log')) continue;
    const lines = readFileSync(join(folder, name), 'utf8').trimEnd().split('\n');
    console.error(`\n--- the end of ${name}\n${lines.slice(-lastLines).join('\n')}`);
  }
}
