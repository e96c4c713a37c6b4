import type { ApiKey } from '../house/make-api-keys.js';
import type { Ledger } from '../ledger.js';
import type { PlannedExport } from '../provider/chaos-provider.js';
import type { CallApi, CallOutcome } from './call-api.js';

/** An export whose registration was tried, and the job that it is, where that is known. */
export interface Registered {
  readonly exportId: string;
  readonly jobId: string;
  readonly key: ApiKey;
}

export interface RegisterParts {
  readonly callApi: CallApi;
  readonly ledger: Ledger;
  /** A secret that every status URL has in its query. */
  readonly urlToken: string;
}

const bodyFor = (planned: PlannedExport, urlToken: string) => ({
  statusUrl: `${planned.statusUrl}?sig=${urlToken}`,
  credential: planned.credential,
  reference: planned.exportId,
});

/**
 * Registers one export under an Idempotency-Key of its own, which every further try has too. Null where it was refused, or
 * where nobody knows.
 */
export async function registerOne(
  { callApi, ledger, urlToken }: RegisterParts,
  key: ApiKey,
  planned: PlannedExport,
): Promise<Registered | null> {
  noteTry(ledger, key, planned);
  const result = await callApi(key, {
    method: 'POST',
    path: '/v1/jobs',
    body: bodyFor(planned, urlToken),
    idempotencyKey: `key-${planned.exportId}`,
  });
  const jobId = result.outcome === 'ok' ? idIn(result.text) : undefined;
  noteEnd(ledger, planned, result, jobId);
  return jobId === undefined ? null : { exportId: planned.exportId, jobId, key };
}

/** Registers several in one batch, which is sent once: nobody knows of its lines where no answer came. */
export async function registerBatch(
  { callApi, ledger, urlToken }: RegisterParts,
  key: ApiKey,
  planned: readonly PlannedExport[],
): Promise<Registered[]> {
  for (const one of planned) noteTry(ledger, key, one);
  const result = await callApi(key, {
    method: 'POST',
    path: '/v1/jobs/batch',
    contentType: 'application/x-ndjson',
    body: planned.map((one) => JSON.stringify(bodyFor(one, urlToken))).join('\n'),
    triesMax: 1,
  });
  const lines = result.outcome === 'ok' ? result.text.trim().split('\n') : [];
  return planned.flatMap((one, number) => {
    const line = readLine(lines[number]);
    const { jobId, refused } = line;
    const outcome = jobId ? 'ok' : refused ? 'refused' : 'unknown';
    noteEnd(ledger, one, { ...result, outcome }, jobId);
    return jobId === undefined ? [] : [{ exportId: one.exportId, jobId, key }];
  });
}

function noteTry(ledger: Ledger, key: ApiKey, planned: PlannedExport): void {
  const { exportId, origin, ends } = planned;
  const value = { tenant: key.tenant, origin, ends };
  ledger.note({ who: 'load', op: 'register', type: 'invoke', key: exportId, value });
}

const typeOf = { ok: 'ok', refused: 'fail', unknown: 'info' } as const;

function noteEnd(
  ledger: Ledger,
  { exportId }: PlannedExport,
  { outcome, status, tries }: CallOutcome,
  jobId: string | undefined,
): void {
  const value = { jobId, status, tries };
  ledger.note({ who: 'load', op: 'register', type: typeOf[outcome], key: exportId, value });
}

function idIn(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { id?: string }).id;
  } catch {
    return undefined;
  }
}

interface BatchLine {
  readonly jobId?: string | undefined;
  readonly refused?: boolean;
}

/** A line of the answer to a batch; one that is missing, or tells of a fault of ours, leaves it open. */
function readLine(text: string | undefined): BatchLine {
  if (text === undefined) return {};
  try {
    const { status, job } = JSON.parse(text) as { status?: number; job?: { id?: string } };
    return { jobId: job?.id, refused: status !== undefined && status >= 400 && status < 500 };
  } catch {
    return {};
  }
}
