import fc from 'fast-check';

/** Four times in five the value itself. */
export function mostly<T>(value: T | fc.Arbitrary<T>, other: fc.Arbitrary<T>): fc.Arbitrary<T> {
  const usual = value instanceof fc.Arbitrary ? value : fc.constant(value);
  return fc.oneof({ weight: 4, arbitrary: usual }, { weight: 1, arbitrary: other });
}
