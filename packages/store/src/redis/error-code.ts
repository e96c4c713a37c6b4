/**
 * `ECONNREFUSED` of a socket's error, `WRONGPASS` of an error reply; undefined where there is none. Never more: messages
 * may quote what was sent.
 */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as NodeJS.ErrnoException;
  return code ?? /^[A-Z]{4,}(?= )/.exec(error.message)?.[0];
}
