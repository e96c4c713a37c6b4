import type { Clock } from '@bulkwatch/runtime';
import type { Store } from '@bulkwatch/store';

/** Longest wait for a sign of life of Redis, in ms: whoever asks for health has an answer within a second. */
const signOfLifeMs = 800;

/**
 * What Redis answers, unless it fails or takes too long: a command of the worker itself would wait for it as long as it
 * takes.
 */
export async function answerInTime<T>(
  asked: Promise<T>,
  clock: Pick<Clock, 'sleep'>,
  patienceMs = signOfLifeMs,
): Promise<T | undefined> {
  const answered = new AbortController();
  const answer = asked.catch(() => undefined);
  const late = clock.sleep(patienceMs, answered.signal).then(() => undefined);
  return Promise.race([answer, late]).finally(() => answered.abort());
}

/** Whether Redis answers now. */
export const redisAnswers = async (
  store: Pick<Store, 'ping'>,
  clock: Pick<Clock, 'sleep'>,
): Promise<boolean> =>
  (await answerInTime(
    store.ping().then(() => true),
    clock,
  )) ?? false;
