import { Halt } from '../halt.mjs';
import { askLayer, buildHouse, isRun, layers } from './layers.mjs';

/**
 * Asks, of the house as it is, all that will be asked of the broken ones. A test that fails before anything was broken
 * would catch every mutant.
 * @param {import('./copy-house.mjs').House} house
 * @param {readonly import('../../../tests/mutants/mutants.mjs').Mutant[]} mutants
 */
export async function runSound(house, mutants) {
  mustBeSound('build', await buildHouse(house));
  for (const layer of layers.filter((name) => name !== 'types')) {
    for (const tests of questionsOf(layer, mutants)) {
      console.log(`Without any mutant: ${layer}, ${tests.join(' ')}`);
      mustBeSound(layer, await askLayer(house, layer, tests));
    }
  }
}

/** All test files of a layer at once; runs with other options are other questions. */
function questionsOf(layer, mutants) {
  const asked = mutants.flatMap(({ tests }) => (tests[layer] ? [tests[layer]] : []));
  if (isRun(layer)) return [...new Map(asked.map((one) => [one.join(' '), one])).values()];
  return asked.length === 0 ? [] : [[...new Set(asked.flat())]];
}

function mustBeSound(layer, verdict) {
  if (verdict.kind === 'sound') return;
  const why = verdict.kind === 'broken' ? verdict.by : verdict.output;
  throw new Halt(`${why}\n\nWithout any mutant the ${layer} tests fail, so they can judge none.`);
}
