/** `<ms>-<sequence>`, as Redis names the entries of a stream; numbers that a double holds exactly. */
const streamId = /^(\d{1,15})(?:-(\d{1,15}))?$/;

/**
 * The whole id of a stream entry: `1700000000000` alone is the first of its millisecond. Undefined where the text is
 * none.
 */
export function readStreamId(text: string): string | undefined {
  const [whole, ms, sequence = '0'] = streamId.exec(text) ?? [];
  return whole === undefined ? undefined : `${Number(ms)}-${Number(sequence)}`;
}

/** Below zero where `a` came before `b`, above zero where it came after; both are whole ids. */
export function compareStreamIds(a: string, b: string): number {
  const [aMs = 0, aSequence = 0] = a.split('-').map(Number);
  const [bMs = 0, bSequence = 0] = b.split('-').map(Number);
  return aMs - bMs || aSequence - bSequence;
}
