import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { faults } from './faults.js';
import type { Scenario } from './scenarios/scenario.js';
import { scenarios } from './scenarios.js';

const path = new URL('../../../docs/simulator.md', import.meta.url).pathname;

function endOf({ ends, meets = [] }: Scenario): string {
  const { state, reason, outputCount, partials } = ends;
  return [
    reason === undefined ? state : `${state}: \`${reason}\``,
    ...(outputCount === undefined ? [] : [counted(outputCount, 'file')]),
    ...(partials === undefined ? [] : [`${counted(partials, 'announcement')} before`]),
    ...(meets.length === 0 ? [] : [`on the way: ${meets.map((one) => `\`${one}\``).join(', ')}`]),
  ].join('; ');
}

const counted = (count: number, what: string): string =>
  `${count} ${what}${count === 1 ? '' : 's'}`;

function markOf({ slow, cancelMidway }: Scenario): string {
  return `${slow ? ' *slow*' : ''}${cancelMidway ? ' *cancel*' : ''}`;
}

const asCell = (text: string): string => text.replaceAll('|', '\\|');

/** The tables of docs/simulator.md that are made from those of the code, by their heads. */
const tables = {
  '| Fault | What the client meets |': Object.entries(faults).map(
    ([name, { tells }]) => `| \`${name}\` | ${tells} |`,
  ),
  '| Scenario | What is special | A good tracker |': Object.entries(scenarios).map(
    ([name, scenario]) =>
      `| \`${name}\` | ${asCell(scenario.tells)}${markOf(scenario)} | ${endOf(scenario)} |`,
  ),
};

/** The page with its tables made anew: each goes from its head to the next empty line. */
function withTables(page: string): string {
  return Object.entries(tables).reduce((text, [head, rows]) => {
    const from = text.indexOf(head);
    const to = text.indexOf('\n\n', from);
    const rest = to === -1 ? '\n' : text.slice(to);
    const rule = `|${'---|'.repeat(head.split('|').length - 2)}`;
    return from === -1
      ? `${text}\n${head}\n`
      : `${text.slice(0, from)}${[head, rule, ...rows].join('\n')}${rest}`;
  }, page);
}

describe('docs/simulator.md', () => {
  it('has every fault and every scenario; vitest -u writes them anew', async () => {
    await expect(withTables(readFileSync(path, 'utf8'))).toMatchFileSnapshot(path);
  });
});
