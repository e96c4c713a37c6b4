import { table } from '../markdown.mjs';
import { newest } from './results.mjs';
import { notRunYet, number, provenance } from './words.mjs';

const command = 'npm run mutants -- --json docs/reliability/mutants.json';

const introduction = `\
The house, broken on purpose in one way after the other, each a patch in [tests/mutants](../tests/mutants). The layers of tests are asked from the cheapest on,
until one notices. What nobody notices is a missing test.`;

/** @param {import('./results.mjs').Result[]} results */
export function mutantsSection(results) {
  const result = newest(results, 'mutants');
  if (!result) return ['## Mutants', introduction, notRunYet(command)];
  const { mutants, total, caught } = result;
  return [
    '## Mutants',
    introduction,
    provenance(result),
    `**${number(caught)} of ${number(total)} caught**: ${byLayer(mutants)}.`,
    table(
      ['Mutant', 'Promise', 'What is wrong', 'Caught by'],
      mutants.map(({ name, promise, breaks, caughtBy, check }) => [
        name,
        String(promise),
        breaks,
        caughtBy ? `${caughtBy}: ${check}` : '**nobody**',
      ]),
    ),
  ];
}

function byLayer(mutants) {
  const counts = new Map();
  for (const { caughtBy = 'nobody' } of mutants)
    counts.set(caughtBy, (counts.get(caughtBy) ?? 0) + 1);
  return [...counts].map(([layer, count]) => `${count} by ${layer}`).join(', ');
}
