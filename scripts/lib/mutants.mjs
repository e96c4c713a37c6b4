import { parseArgs } from 'node:util';
import { mutants } from '../../tests/mutants/mutants.mjs';
import { Halt } from './halt.mjs';
import { copyHouse } from './mutants/copy-house.mjs';
import { describeTrial, mutantsResult } from './mutants/report.mjs';
import { runSound } from './mutants/run-sound.mjs';
import { tryMutant } from './mutants/try-mutant.mjs';
import { ownRedisProgram, prepare } from './prepare.mjs';
import { beginRun, writeResult } from './run-facts.mjs';
import { stopSignal } from './stop-signal.mjs';
import { temporaryFolder } from './temporary-folder.mjs';

/**
 * `npm run mutants`: breaks a copy of the house on purpose, in each way that tests/mutants describes, and shows which
 * layer of tests notices.
 * @param {string[]} args names of mutants instead of all; `--json FILE`, `--all-layers`
 * @returns {Promise<number>} exit code; 1 when a mutant survives
 */
export async function run(args) {
  const { names, json, allLayers } = optionsOf(args);
  const chosen = chosenFrom(mutants, names);
  const facts = beginRun('mutants', args);
  await prepare();
  await ownRedisProgram();

  const house = copyHouse(temporaryFolder(), stopSignal());
  await runSound(house, chosen);
  const trials = [];
  for (const mutant of chosen) {
    const trial = await tryMutant(house, mutant, { allLayers });
    console.log(describeTrial(trial));
    trials.push(trial);
  }

  const result = mutantsResult(await facts.end(), trials);
  if (json) writeResult(json, result);
  console.log(`\n${result.caught} of ${result.total} mutants caught`);
  return result.caught === result.total ? 0 : 1;
}

function optionsOf(args) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { json: { type: 'string' }, 'all-layers': { type: 'boolean', default: false } },
    });
    return { names: positionals, json: values.json, allLayers: values['all-layers'] };
  } catch (error) {
    throw new Halt(
      `${error.message}\nusage: npm run mutants -- [name ...] [--json FILE] [--all-layers]`,
    );
  }
}

/** All where no name is given. */
function chosenFrom(all, names) {
  const unknown = names.filter((name) => !all.some((mutant) => mutant.name === name));
  if (unknown.length > 0) {
    const known = all.map(({ name }) => `  ${name}`).join('\n');
    throw new Halt(`There is no mutant ${unknown.join(', ')}. There are:\n${known}`);
  }
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}
