import { finalStates } from '@bulkwatch/contract';

/** What the law remembers of a job, from what it has seen happen to it. Instants by Redis's clock. */
export interface JobShadow {
  readonly jobId: string;
  readonly provider: string;
  state: string;
  epoch: number;
  /** Of the claim that was granted last, as long as the job has it. */
  nonce: string | undefined;
  version: number;
  /** No claim before that. */
  earliest: number;
  /** Epoch of the result that was taken last. */
  appliedEpoch: number;
  /** What the provider asked for last, as the job remembers it, ms. */
  retryAfterMs: number;
  /** Events that told of its end. */
  endings: number;
}

export const isFinal = (state: string): boolean => finalStates.some((final) => final === state);

/** Fields of a record as the key space keeps them. */
export type Fields = ReadonlyMap<string, string | Uint8Array>;

export const textIn = (fields: Fields, name: string): string | undefined => {
  const value = fields.get(name);
  return value === undefined ? undefined : String(value);
};

export const numberIn = (fields: Fields, name: string): number => Number(fields.get(name) ?? 0);

/** As the record says it is; where Redis has gone back in time, or the job is new. */
export function shadowOf(jobId: string, fields: Fields): JobShadow {
  return {
    jobId,
    provider: textIn(fields, 'provider') ?? '',
    state: textIn(fields, 'state') ?? '',
    epoch: numberIn(fields, 'epoch'),
    nonce: textIn(fields, 'nonce'),
    version: numberIn(fields, 'version'),
    earliest: numberIn(fields, 'notBefore'),
    appliedEpoch: numberIn(fields, 'appliedEpoch'),
    retryAfterMs: numberIn(fields, 'retryAfterMs'),
    endings: 0,
  };
}
