import type { WakeUp } from './job-store.js';
import type { StoreContext } from './store-context.js';

/**
 * Queues the wake-up of a job whose record says that it is due. One that gets lost costs time and nothing else: the
 * rescuer makes another.
 */
export async function ring(
  { queue, onProblem }: Pick<StoreContext, 'queue' | 'onProblem'>,
  wakeUp: WakeUp,
): Promise<void> {
  await queue
    .add(wakeUp)
    .catch((error: unknown) => onProblem(`wake-up of job ${wakeUp.jobId}`, error));
}
