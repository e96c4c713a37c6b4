import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type Batch, emptyBatch, joinBatches } from './batch.js';
import type { Share } from './batch-thread.js';

const shareSeeds = 200;

/** Lives many seeds, a thread on each core, and tells after each share how far it is. */
export async function liveOverCores(
  from: number,
  count: number,
  onProgress: (soFar: Batch) => void,
): Promise<Batch> {
  const shares: Share[] = [];
  for (let at = 0; at < count; at += shareSeeds)
    shares.push({ from: from + at, count: Math.min(shareSeeds, count - at) });
  let soFar = emptyBatch(from);
  const work = async (): Promise<void> => {
    const thread = new Worker(new URL('./batch-thread.js', import.meta.url));
    try {
      for (let share = shares.shift(); share; share = shares.shift()) {
        const lived = await livedBy(thread, share);
        soFar = joinBatches(soFar, lived);
        onProgress(soFar);
      }
    } finally {
      await thread.terminate();
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return soFar;
}

const livedBy = (thread: Worker, share: Share): Promise<Batch> =>
  new Promise((resolve, reject) => {
    thread.once('message', (batch: Batch) => {
      thread.off('error', reject);
      resolve(batch);
    });
    thread.once('error', reject);
    thread.postMessage(share, []);
  });
