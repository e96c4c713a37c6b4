/** What a job of the queue carries: all of it, in clear, as is usual. */
export interface PlainExport {
  readonly statusUrl: string;
  readonly credential?: string;
  /** What the caller calls it. */
  readonly reference?: string;
}

export const queueName = 'exports';
