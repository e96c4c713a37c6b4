/** Path of a job, or of a word under it. */
export function jobPath(jobId: string, word?: string): string {
  const path = `/v1/jobs/${encodeURIComponent(jobId)}`;
  return word === undefined ? path : `${path}/${word}`;
}
