import type { Clock } from '@bulkwatch/runtime';
import type { Store } from '@bulkwatch/store';

/** Longest wait for a sign of life of Redis, in ms: whoever asks for health has an answer within a second. */
const patienceMs = 800;

/** Whether Redis answers now: a command of the worker itself would wait for it as long as it takes. */
export async function redisAnswers(
  store: Pick<Store, 'ping'>,
  clock: Pick<Clock, 'sleep'>,
): Promise<boolean> {
  const answered = new AbortController();
  const up = store.ping().then(
    () => true,
    () => false,
  );
  const late = clock.sleep(patienceMs, answered.signal).then(() => false);
  return Promise.race([up, late]).finally(() => answered.abort());
}
