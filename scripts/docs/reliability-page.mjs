import { list, page, table } from './markdown.mjs';
import { chaosSection, figure, runRows } from './reliability/chaos-section.mjs';
import { knownLimits } from './reliability/known-limits.mjs';
import { mutantsSection } from './reliability/mutants-section.mjs';
import { promises } from './reliability/promises.mjs';
import { newest, readFaultRows, readResults } from './reliability/results.mjs';
import { simulationSection } from './reliability/simulation-section.mjs';

const introduction = `\
What is promised, how often it was put to the test, and what came of it. Every figure comes from the result of a run, which wrote it to
docs/reliability; none is typed. A 0 stands beside the number of chances that it had to be something else, and runs that failed are listed
with the others.`;

const rowsText = `\
The faults that this house is built against (A processes, B Redis, C network, D providers, E callers), and a test that does each of them once and looks
for the behaviour that is expected. The tests are a part of \`npm test\`.`;

/**
 * docs/reliability.md
 * @param {import('./reliability/results.mjs').Result[]} [results]
 * @param {ReturnType<typeof readFaultRows>} [faultRows]
 */
export function reliabilityPage(results = readResults(), faultRows = readFaultRows()) {
  return page({
    title: 'Reliability',
    source: 'docs/reliability/*.json',
    parts: [
      introduction,
      '## Promises',
      promiseRows(results),
      ...chaosSection(results),
      ...simulationSection(results),
      '## Each fault once',
      rowsText,
      faultRows.length > 0 ? faultTable(faultRows) : 'The table of these tests is empty.',
      ...mutantsSection(results),
      '## Known limits',
      list(knownLimits),
      '## All runs',
      results.length > 0 ? runRows(results) : 'There is none yet.',
    ],
  });
}

/** Which runs put a promise to the test. */
function promiseRows(results) {
  const chaos = newest(results, 'chaos');
  const mutants = newest(results, 'mutants')?.mutants ?? [];
  const rows = promises.map(({ number, name, says, figures }) => {
    const own = mutants.filter(({ promise }) => promise === number);
    const caught = own.filter(({ caughtBy }) => caughtBy).length;
    const seen = figures.map((word) => `${word} ${figure(chaos, word)}`).join('; ');
    return [
      String(number),
      `**${name}.** ${says}`,
      seen || 'tests of its own',
      own.length > 0 ? `${caught} of ${own.length}` : 'not run yet',
    ];
  });
  return table(['', 'Promise', 'Under faults', 'Mutants caught'], rows);
}

function faultTable(rows) {
  return table(
    ['Row', 'Fault', 'Test'],
    rows.map(({ row, what, file, title }) => [
      row,
      what,
      file ? `[${title}](../${file})` : 'none yet',
    ]),
  );
}
