/** A disk that refuses, apart from a server that does. */
export class DiskError extends Error {
  override readonly name = 'DiskError';
}
