/**
 * One line for the terminal.
 * @param {import('./try-mutant.mjs').Trial} trial
 */
export function describeTrial({ mutant, layers, caughtBy, check, seconds }) {
  const asked = Object.entries(layers)
    .filter(([, word]) => word !== 'not run')
    .map(([layer, word]) => `${layer} ${word}`)
    .join(', ');
  const head = `${caughtBy ? 'caught  ' : 'SURVIVED'}  ${mutant.name} (${seconds} s): ${asked}`;
  return caughtBy ? `${head}\n          by: ${check}` : head;
}

/**
 * What docs/reliability.md is told.
 * @param {object} facts those of every run
 * @param {readonly import('./try-mutant.mjs').Trial[]} trials
 */
export function mutantsResult(facts, trials) {
  return {
    ...facts,
    total: trials.length,
    caught: trials.filter(({ caughtBy }) => caughtBy).length,
    mutants: trials.map(({ mutant, layers, caughtBy, check }) => ({
      name: mutant.name,
      promise: mutant.promise,
      breaks: mutant.breaks,
      layers,
      ...(caughtBy ? { caughtBy, check } : {}),
    })),
  };
}
