/** `npm run chaos` after its preparation. */
import { writeFileSync } from 'node:fs';
import { playRun } from './play-run.js';
import { readCommandLine } from './read-command-line.js';
import { isGood } from './result.js';
import { besideBuild } from './subject.js';

/**
 * Plays the run that the arguments ask for and prints what it came to as one line of JSON.
 *
 * @param besideFolder another build, of which one of the workers is to be
 * @returns exit code: 1 where a promise was broken, where the run shows nothing, and where it was cut short
 */
export async function main(args: readonly string[], besideFolder?: string): Promise<number> {
  const asked = readCommandLine(args);
  const cut = new AbortController();
  const stop = (): void => cut.abort();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, stop);
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  try {
    const result = await playRun({
      ...asked,
      ...(besideFolder === undefined ? {} : { subject: besideBuild(besideFolder) }),
      commandLine: commandLineOf(asked.seed, args),
      path: process.env['PATH'] ?? '',
      say,
      signal: cut.signal,
    });
    process.stdout.write(`${JSON.stringify(result)}\n`);
    if (asked.json !== undefined) writeFileSync(asked.json, `${JSON.stringify(result, null, 2)}\n`);
    for (const what of [...result.violations, ...result.invalid]) say(what);
    // What is only compared with breaks promises that it never made.
    return isGood(result) || !asked.subject.isWhole ? 0 : 1;
  } catch (error) {
    if (!cut.signal.aborted) throw error;
    say('Cut short.');
    return 1;
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}

/** With the seed, also where it was drawn. */
function commandLineOf(seed: number, args: readonly string[]): string {
  const named = args.some((arg) => arg.startsWith('--seed'));
  return ['npm run chaos --', ...(named ? [] : [`--seed ${seed}`]), ...args].join(' ');
}
