import { createCrew } from './crew.mjs';
import { startDemoHouse } from './demo-house.mjs';
import { whereThingsAre } from './demo-words.mjs';
import { showExports } from './show-exports.mjs';
import { showLogs } from './show-logs.mjs';
import { graceMs } from './start-services.mjs';
import { aborted, stopSignal } from './stop-signal.mjs';
import { temporaryFolder } from './temporary-folder.mjs';

/**
 * Plays the demo from start to end, in a folder that is gone afterwards.
 * @param {{ redisProgram: string | undefined, keep: boolean }} options
 * @returns {Promise<number>} exit code
 * @throws {Halt} when anything ends otherwise than it should; the logs are shown first.
 */
export async function playDemo({ redisProgram, keep }) {
  const folder = temporaryFolder();
  const signal = stopSignal();
  const crew = createCrew();
  const over = AbortSignal.any([signal, crew.over]);
  try {
    console.log('Starting Redis, a provider, the api and the worker ...');
    const house = await startDemoHouse({ folder, redisProgram, crew, over });
    await Promise.race([crew.lost, aborted(signal), showExports(house, over)]);
    if (signal.aborted) return signal.reason;
    console.log(whereThingsAre(house, { folder, keep }));
    if (keep) await Promise.race([crew.lost, aborted(signal)]);
    return 0;
  } catch (error) {
    showLogs(folder);
    throw error;
  } finally {
    await crew.leave(graceMs);
  }
}
