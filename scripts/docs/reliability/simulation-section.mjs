import { table } from '../markdown.mjs';
import { newest } from './results.mjs';
import { notRunYet, number, provenance } from './words.mjs';

const command =
  'npm run simulate -- --seeds 100000 --from 1 --json docs/reliability/simulation.json';

const introduction = `\
The pure core and the transitions of records in virtual time, with workers that crash at any step, are paused, have wrong clocks and lose requests and
replies, before providers of every kind. Each seed is a small fleet with its own faults; a seed that breaks an invariant is printed and shrunk. A run that
never met one of the branches below is invalid. The transitions are those of the Lua scripts: random commands are run on both, on a real Redis, and every
reply and all data compared.`;

/** @param {import('./results.mjs').Result[]} results */
export function simulationSection(results) {
  const result = newest(results, 'simulation');
  if (!result) return ['## Simulation', introduction, notRunYet(command)];
  const { firstSeed, seeds, violations, simulatedYears, polls, jobs, faults, reached } = result;
  const broken = violations.map(({ seed, what }) => `- seed ${seed}: ${what}`);
  return [
    '## Simulation',
    introduction,
    provenance(result),
    `Seeds ${number(firstSeed)} to ${number(firstSeed + seeds - 1)}: **${number(violations.length)} of ${number(seeds)}** broke an invariant. ` +
      `${number(jobs)} jobs, ${number(polls)} polls, ${number(Math.round(simulatedYears))} years.`,
    ...(broken.length > 0 ? [broken.join('\n')] : []),
    countRows('Fault', faults),
    countRows('Reached', reached),
  ];
}

const countRows = (head, counts) =>
  table(
    [head, 'Times'],
    Object.entries(counts).map(([name, count]) => [name, number(count)]),
  );
