import { Halt } from './halt.mjs';

/**
 * The processes of one run. They are stopped in the reverse of the order in which they came aboard, those
 * that came together at the same time: services first, the Redis they write to last.
 */
export function createCrew() {
  const watches = [];
  const over = new AbortController();
  const lost = new Promise((_, reject) => {
    over.signal.addEventListener('abort', () => reject(over.signal.reason));
  });
  // Whoever races against `lost` hears of it; nobody may be racing at that moment.
  lost.catch(() => {});
  return {
    /** @param {...import('./start-child.mjs').Child} children */
    board(...children) {
      watches.unshift(children);
      for (const { name, ended } of children) {
        void ended.then((how) => over.abort(new Halt(`${name} ended by itself (${how}).`)));
      }
    },
    /** Rejects with a Halt that names the one, when one of them ends that was not asked to. */
    lost,
    /** Aborted when one is lost and when all leave: what waits for one of them can stop waiting. */
    over: over.signal,
    /** @param {number} graceMs for each of them, before it is killed */
    async leave(graceMs) {
      over.abort(new Halt('The crew has left.'));
      for (const children of watches) {
        await Promise.all(children.map((child) => child.stop(graceMs)));
      }
    },
  };
}
