import { parseArgs } from 'node:util';
import { Halt } from './halt.mjs';
import { prepare } from './prepare.mjs';
import { beginRun, writeResult } from './run-facts.mjs';

const usage =
  'usage: npm run simulate -- [--seeds N] [--from S] [--json FILE]\n' +
  '       npm run simulate -- --seed S [--trace]';

/** Violations that are shrunk and told at length; of more than these, only the seeds. */
const toldMax = 3;

/**
 * `npm run simulate`: lives many seeds of the simulation over all cores, or one of them with its story.
 * @param {string[]} args
 * @returns {Promise<number>} exit code; 1 where a promise was broken, or where the run has met too little to prove anything
 */
export async function run(args) {
  const options = optionsOf(args);
  const facts = beginRun('simulate', args);
  await prepare();
  const simulation = await import('@bulkwatch/simulation');
  return options.seed === undefined
    ? liveMany(simulation, options, facts)
    : liveOne(simulation, options);
}

function optionsOf(args) {
  const options = {
    seeds: { type: 'string', default: '3000' },
    from: { type: 'string', default: '1' },
    json: { type: 'string' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
  };
  try {
    const { values } = parseArgs({ args, options });
    const { seeds, from, seed, json, trace } = values;
    return {
      seeds: wholeNumber('--seeds', seeds),
      from: wholeNumber('--from', from),
      seed: seed === undefined ? undefined : wholeNumber('--seed', seed),
      json,
      trace,
    };
  } catch (error) {
    throw new Halt(`${error.message}\n${usage}`);
  }
}

function wholeNumber(option, text) {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Error(`${option} must be a whole number, not ${text}`);
}

async function liveMany(simulation, { seeds, from, json }, facts) {
  const batch = await simulation.liveOverCores(from, seeds, ({ seeds: done, violations }) => {
    if (done % 10_000 === 0) console.log(`${done} seeds, ${violations.length} violations`);
  });
  const result = { ...(await facts.end()), ...batch, kind: 'simulation' };
  if (json) writeResult(json, result);
  for (const { seed } of batch.violations.slice(0, toldMax))
    console.log(`\n${simulation.describe(await simulation.shrink(seed))}`);
  for (const { seed, what } of batch.violations.slice(toldMax))
    console.log(`seed ${seed}: ${what}`);

  const missing = simulation.unreached(batch);
  for (const name of missing) console.log(`never reached: ${name}`);
  const perSecond = Math.round(seeds / Math.max(1, result.seconds));
  console.log(
    `\n${batch.violations.length} of ${seeds} seeds broke a promise; commit ${result.commit}, seeds ${from} to ${from + seeds - 1}, ` +
      `${batch.simulatedYears.toFixed(1)} years, ${batch.jobs} jobs, ${batch.polls} polls, ${perSecond} seeds a second`,
  );
  return batch.violations.length + missing.length > 0 ? 1 : 0;
}

async function liveOne(simulation, { seed, trace }) {
  const outcome = await simulation.live(seed, { isTold: trace });
  if (trace) console.log(simulation.story(outcome));
  else if (outcome.violation) console.log(simulation.describe(await simulation.shrink(seed)));
  else
    console.log(
      `seed ${seed}: no promise broken, ${outcome.polls} polls of ${outcome.jobs} exports`,
    );
  return outcome.violation ? 1 : 0;
}
