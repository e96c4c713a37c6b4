/**
 * Maps what comes in with at most `concurrency` at once and yields the results in the order of the input.
 * `map` must not reject, since nobody may be waiting for its promise yet: what can fail is a value.
 */
export async function* mapInOrder<T, R>(
  source: AsyncIterable<T>,
  concurrency: number,
  map: (item: T) => Promise<R>,
): AsyncGenerator<R, void, void> {
  const running: Promise<R>[] = [];
  for await (const item of source) {
    if (running.length === concurrency) yield (await running.shift()) as R;
    running.push(map(item));
  }
  for (const result of running) yield await result;
}
