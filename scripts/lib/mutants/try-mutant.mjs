import { resolve } from 'node:path';
import { Halt } from '../halt.mjs';
import { askLayer, buildHouse, layers } from './layers.mjs';

/** @param {{ name: string }} mutant */
export const patchOf = ({ name }) => `tests/mutants/${name}.patch`;

/**
 * What became of one mutant: a word for each layer, and which one caught it first, by which check.
 * @typedef {object} Trial
 * @property {import('../../../tests/mutants/mutants.mjs').Mutant} mutant
 * @property {Record<string, 'caught' | 'missed' | 'not run'>} layers
 * @property {string} [caughtBy] layer
 * @property {string} [check] what failed there
 * @property {number} seconds
 */

/**
 * Breaks the house in one way, asks its layers, cheapest first, until one notices, and mends it again.
 * @param {import('./copy-house.mjs').House} house
 * @param {{ allLayers?: boolean }} options `allLayers` goes on asking
 * @returns {Promise<Trial>}
 */
export async function tryMutant(house, mutant, { allLayers = false } = {}) {
  const since = performance.now();
  const patch = resolve(patchOf(mutant));
  await mustApply(house, [patch]);
  const trial = await askLayers(house, mutant, allLayers);
  await mustApply(house, ['--reverse', patch]);
  return { ...trial, seconds: Math.round((performance.now() - since) / 1000) };
}

async function askLayers(house, mutant, allLayers) {
  const trial = { mutant, layers: Object.fromEntries(layers.map((layer) => [layer, 'not run'])) };
  const note = (layer, verdict) => {
    if (verdict.kind === 'unknown') {
      throw new Halt(
        `${verdict.output}\n\nNobody can tell of ${mutant.name}: its ${layer} tests did not run.`,
      );
    }
    trial.layers[layer] = verdict.kind === 'broken' ? 'caught' : 'missed';
    if (verdict.kind !== 'broken' || trial.caughtBy) return;
    trial.caughtBy = layer;
    trial.check = verdict.by;
  };

  const built = await buildHouse(house);
  if (mutant.tests.types || built.kind !== 'sound') note('types', built);
  if (built.kind !== 'sound') {
    if (mutant.tests.types) return trial;
    throw new Halt(`${mutant.name} does not compile, which is no way to catch it: ${built.by}`);
  }
  for (const layer of layers) {
    const tests = mutant.tests[layer];
    if (layer === 'types' || !tests || (trial.caughtBy && !allLayers)) continue;
    note(layer, await askLayer(house, layer, tests, { bail: true }));
  }
  return trial;
}

async function mustApply(house, args) {
  const { ok, output } = await house.run('git', ['apply', '--whitespace=nowarn', ...args]);
  if (!ok) throw new Halt(`${output}\nA patch does not fit the tree as it is: ${args.at(-1)}`);
}
