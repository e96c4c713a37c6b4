import { buildCommand } from './build.mjs';

const bin = (name) => `node_modules/.bin/${name}`;

/** The tests run what this one makes, so it comes first even when nothing else is checked. */
export const buildCheck = { name: 'build', ...buildCommand };

/** What is checked besides the tests, in the order in which it is reported. */
export const checks = [
  { name: 'format', command: bin('biome'), args: ['ci', '.'] },
  { name: 'lint', command: bin('oxlint'), args: ['--type-aware', '--deny-warnings'] },
  { name: 'types of tests', command: bin('tsc'), args: ['-p', 'tsconfig.tests.json'] },
  generated('generated docs', 'scripts/generate-docs.mjs'),
  generated('generated infra', 'infra/dist/generate.js'),
];

/** A generator run with `--check` fails when what it would write is not what is committed. */
function generated(name, script) {
  return { name, command: process.execPath, args: [script, '--check'] };
}
