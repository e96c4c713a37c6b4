import { ownRedisProgram, prepare } from './prepare.mjs';

/**
 * `npm run demo`: the main job on real parts, with a simulator playing Oracle Health. Ends by itself;
 * `npm run demo -- --keep` stays up until Ctrl-C.
 * @param {string[]} args
 * @returns {Promise<number>} exit code
 */
export async function run(args) {
  const redisProgram = await ownRedisProgram();
  await prepare();
  // What follows imports what was only just installed and built.
  const { playDemo } = await import('./play-demo.mjs');
  return playDemo({ redisProgram, keep: args.includes('--keep') });
}
