const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** True for what can be the id of a job. Anything else need not be looked for, and never becomes part of a key. */
export function isJobId(text: string): boolean {
  return uuid.test(text);
}
