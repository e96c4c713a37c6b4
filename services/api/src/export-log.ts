import type { ExportLogEntry, Job, Poll } from '@bulkwatch/contract';

/** What the log needs of a manifest besides what the job tells. */
export interface ManifestFacts {
  /** The kick-off request's URL. */
  readonly request: string | null;
  readonly deletedCount: number | null;
}

type Detail<Id extends ExportLogEntry['eventId']> = Extract<
  ExportLogEntry,
  { readonly eventId: Id }
>['eventDetail'];

/**
 * The bulk data export log of a job, the oldest entry first: what a client that had done all of it itself would have written.
 * Delete requests are not of that format, and left out.
 *
 * @param polls as far as the timeline remembers them, the newest first
 * @param manifest what is known of it; undefined where there is none
 */
export function exportLog(
  job: Job,
  polls: readonly Poll[],
  manifest: ManifestFacts | undefined,
): readonly ExportLogEntry[] {
  const asked = polls.filter(({ method }) => method === 'GET').toReversed();
  const entries = asked.flatMap((poll) =>
    isCompletion(job, poll) ? completed(job, manifest) : polled(job, poll),
  );
  const told = entries.some(({ eventId }) => eventId === 'status_complete');
  return [
    kickedOff(job, Math.max(0, job.pollCount - asked.length), manifest),
    ...entries,
    // The poll itself may not be remembered.
    ...(job.state === 'completed' && !told ? completed(job, manifest) : []),
    ...endedOtherwise(job, asked.at(-1)),
  ];
}

/** The answer that completed the job is recorded at the same instant as its end. */
const isCompletion = ({ state, settledAt }: Job, { at }: Poll): boolean =>
  state === 'completed' && at === settledAt;

function kickedOff(
  job: Job,
  pollsLeftOut: number,
  manifest: ManifestFacts | undefined,
): ExportLogEntry {
  const { statusUrl } = job;
  const request = manifest?.request ?? null;
  const url = request !== null && URL.canParse(request) ? new URL(request) : undefined;
  return {
    exportId: job.id,
    timestamp: job.kickedOffAt ?? job.registeredAt,
    eventId: 'kickoff',
    eventDetail: {
      exportUrl: url ? `${url.origin}${url.pathname}` : statusUrl,
      softwareName: null,
      softwareVersion: null,
      softwareReleaseDate: null,
      fhirVersion: null,
      requestParameters: url ? parametersOf(url) : {},
      errorCode: null,
      errorBody: null,
      responseHeaders: { 'content-location': statusUrl },
    },
    _client: 'bulkwatch',
    _pollsLeftOut: pollsLeftOut,
  };
}

/**
 * Parameters of a kick-off request in the Bulk Data Access IG (STU1 to STU4 ballot), but for `patient`: who that is is not for a
 * log. Others may be secrets.
 */
const kickOffParameters = [
  '_outputFormat',
  '_since',
  '_until',
  '_type',
  '_elements',
  '_typeFilter',
  'includeAssociatedData',
  'organizeOutputBy',
  'allowPartialManifests',
];

/** By name; what is given more than once is joined. */
function parametersOf({ searchParams }: URL): Record<string, string> {
  const given = kickOffParameters.filter((name) => searchParams.has(name));
  return Object.fromEntries(given.map((name) => [name, searchParams.getAll(name).join(',')]));
}

/** A poll of fresh links that were brought is of a history of its own, which the format has no words for. */
function polled(job: Job, poll: Poll): ExportLogEntry[] {
  const common = { exportId: job.id, timestamp: poll.at, _requestId: poll.requestId };
  if (poll.reason !== null)
    return [
      { ...common, eventId: 'status_error', eventDetail: faultDetail(poll.status, poll.reason) },
    ];
  if (job.settledAt !== null && poll.at > job.settledAt && poll.status === 200) return [];
  const { requestedDelayMs } = poll;
  const retryAfter =
    requestedDelayMs === null ? null : String(Math.round(requestedDelayMs / 1_000));
  const eventDetail = { body: null, xProgress: poll.progress, retryAfter };
  return [{ ...common, eventId: 'status_progress', eventDetail }];
}

const faultDetail = (code: number | null, message: string): Detail<'status_error'> => ({
  body: null,
  code,
  message,
  responseHeaders: {},
});

function completed(job: Job, manifest: ManifestFacts | undefined): ExportLogEntry[] {
  const transactionTime = job.manifest?.transactionTime ?? null;
  const [outputs, errors] = [job.manifest?.outputCount ?? 0, job.manifest?.errorCount ?? 0];
  const deletions = manifest?.deletedCount ?? null;
  const common = { exportId: job.id, timestamp: job.settledAt ?? job.registeredAt };
  return [
    {
      ...common,
      eventId: 'status_page_complete',
      eventDetail: {
        transactionTime,
        outputFileCount: outputs,
        deletedFileCount: deletions,
        errorFileCount: errors,
      },
    },
    { ...common, eventId: 'status_complete', eventDetail: { transactionTime } },
    {
      ...common,
      eventId: 'manifest_complete',
      eventDetail: {
        transactionTime,
        totalOutputFileCount: outputs,
        totalDeletedFileCount: deletions,
        totalErrorFileCount: errors,
        totalManifests: 1,
      },
    },
  ];
}

/** That the job ended without a manifest, where no poll says it: we gave up, or it was cancelled. */
function endedOtherwise(job: Job, last: Poll | undefined): ExportLogEntry[] {
  const { state, settledAt, reason } = job;
  if (settledAt === null || state === 'completed') return [];
  if (last?.at === settledAt && last.reason !== null) return [];
  const message = reason === null ? state : `${state}: ${reason}`;
  const eventDetail = faultDetail(null, message);
  const common = { exportId: job.id, timestamp: settledAt, _requestId: null };
  return [{ ...common, eventId: 'status_error', eventDetail }];
}
