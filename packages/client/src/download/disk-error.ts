/** A disk that refuses, apart from a server that does and from what the caller's functions throw. */
export class DiskError extends Error {
  override readonly name = 'DiskError';
}

/** Gives what the work gives, and rejects with a DiskError where that rejects. */
export async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new DiskError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
