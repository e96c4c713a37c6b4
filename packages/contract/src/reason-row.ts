/**
 * The one table of reasons: the low-cardinality *why* of everything that does not go to plan.
 * The same word is a log field, a metric label, `reason` on a job or a poll, and `reason` of a problem.
 *
 * `verdict`: `transient` heals by waiting; `permanent` ends the job; `ask-operator` waits for a human
 * while the job stays tracked; `caller` is the API caller's to mend.
 * `status` is the HTTP status with which the API says it, where the API can say it.
 */
export interface ReasonRow {
  readonly verdict: 'transient' | 'permanent' | 'ask-operator' | 'caller';
  readonly status?: number;
  /** One sentence for the reader of a job or a problem. */
  readonly title: string;
  /** One sentence for the operator: what to do about it. */
  readonly action: string;
}
