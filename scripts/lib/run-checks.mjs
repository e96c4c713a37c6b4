import { runCommand } from './run-command.mjs';

/**
 * Runs checks one after the other, whatever becomes of the one before, and prints what a failed one said.
 * @param {{ name: string, command: string, args: string[] }[]} checks
 * @returns {Promise<{ passed: number, failed: number, skipped: number }>}
 */
export async function runChecks(checks) {
  let passed = 0;
  for (const { name, command, args } of checks) {
    const startedAt = performance.now();
    const { ok, output } = await runCommand({ command, args });
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    if (!ok) console.log(output.trimEnd());
    console.log(`${ok ? 'passed' : 'FAILED'}  ${name} (${seconds} s)`);
    if (ok) passed += 1;
  }
  const failed = checks.length - passed;
  if (failed > 0)
    console.log(`${failed} of ${checks.length} checks failed; the tests follow all the same.`);
  return { passed, failed, skipped: 0 };
}
