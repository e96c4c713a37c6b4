import type { CommandParts } from '../command.js';
import type { Color } from '../paint.js';
import { printable } from '../printable.js';
import { wrapWords } from '../wrap-words.js';
import type { Check, Level } from './check.js';

const colors: Readonly<Record<Level, Color>> = { ok: 'green', warning: 'yellow', failed: 'red' };
const levelWidth = 'warning'.length + 2;

/** Shows checks to people: what was found, what to do about it, and what there is more to see. */
export function showChecks(
  checks: readonly Check[],
  { out, paint, screen }: Pick<CommandParts, 'out' | 'paint' | 'screen'>,
): void {
  const nameWidth = Math.max(...checks.map(({ name }) => name.length)) + 2;
  const margin = ' '.repeat(levelWidth + nameWidth);
  const width = (screen()?.columns ?? Number.POSITIVE_INFINITY) - margin.length;
  for (const { level, name, says, advice, lines = [] } of checks) {
    const [first = '', ...more] = wrapWords(printable(says), width);
    out(`${paint(colors[level], level.padEnd(levelWidth))}${name.padEnd(nameWidth)}${first}`);
    for (const line of more) out(margin + line);
    for (const line of lines.flatMap((text) => wrapWords(printable(text), width, '  ')))
      out(margin + paint('dim', line));
    if (advice === undefined) continue;
    for (const line of wrapWords(`-> ${advice}`, width, '   ')) out(margin + line);
  }
}

/** The same for programs. */
export const checkDocument = ({ name, level, says, advice, facts }: Check): object => ({
  name,
  level,
  says,
  advice: advice ?? null,
  ...facts,
});
