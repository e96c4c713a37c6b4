import { mkdirSync } from 'node:fs';
import { installDependencies, packageManagerEnv, pnpm } from './dependencies.mjs';
import { runInTheOpen } from './run-command.mjs';

/**
 * `npm run sbom`: the software bill of materials of what runs in production, out of the lockfile and what is
 * installed; nothing is asked of the network.
 * @param {string[]} args options of `pnpm sbom`, which go before ours
 * @returns {Promise<number>} exit code
 */
export async function run(args) {
  await installDependencies();
  mkdirSync('.bulkwatch', { recursive: true });
  const ok = await runInTheOpen({
    command: 'npx',
    args: ['--yes', pnpm, ...leftOut, 'sbom', ...sbomArgs(args)],
    env: packageManagerEnv(process.env),
  });
  return ok ? 0 : 1;
}

/** What makes manifests and dashboards runs on the machine of who deploys, and nowhere else. */
export const leftOut = ['--filter=!@bulkwatch/infra'];

const defaults = {
  '--sbom-format': 'cyclonedx',
  '--sbom-type': 'application',
  '--out': '.bulkwatch/sbom.cdx.json',
};

/** The options of the caller, and our own where it gave none. */
export function sbomArgs(args) {
  const given = new Set(args.map((arg) => arg.split('=', 1)[0]));
  const own = Object.entries(defaults).filter(([name]) => !given.has(name));
  return ['--prod', ...own.map((pair) => pair.join('=')), ...args];
}
