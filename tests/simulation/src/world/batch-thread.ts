import { parentPort } from 'node:worker_threads';
import { liveSeeds } from './batch.js';

/** Some seeds for a thread to live. */
export interface Share {
  readonly from: number;
  readonly count: number;
}

// The entry of a thread: it lives what it is given, and says what came of it.
parentPort?.on('message', (share: Share) => {
  void liveSeeds(share.from, share.count).then((batch) => parentPort?.postMessage(batch, []));
});
