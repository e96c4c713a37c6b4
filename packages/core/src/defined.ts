/**
 * The members that are there. With `exactOptionalPropertyTypes` an absent member and an undefined one are
 * two things; spreading `...defined({ detail })` keeps it absent.
 */
export function defined<T extends object>(members: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  ) as Defined<T>;
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** A copy of the object less these members. */
export function without<T extends object, K extends keyof T>(
  object: T,
  ...names: readonly K[]
): Omit<T, K> {
  const left = Object.entries(object).filter(([name]) => !names.includes(name as K));
  return Object.fromEntries(left) as Omit<T, K>;
}
