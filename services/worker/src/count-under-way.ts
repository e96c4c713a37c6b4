/** Gives a function that runs what it is given, and tells at each beginning and end how much is under way. */
export function countUnderWay(
  tell: (count: number) => void,
): <T>(run: () => Promise<T>) => Promise<T> {
  let count = 0;
  const step = (by: 1 | -1): void => {
    count += by;
    tell(count);
  };
  return async (run) => {
    step(1);
    return run().finally(() => step(-1));
  };
}
