import { z } from 'zod';

const instant = z.iso.datetime({ offset: true });

/** Members of every entry. Readers take no offence at others: ours begin with `_`. */
const common = { exportId: z.string(), timestamp: instant };

const headers = z.record(z.string(), z.string());

/**
 * One line of the bulk data export log of a job, as SMART's bulk-data-client writes it (its wiki, "Bulk Data Export Log Items").
 * What Bulkwatch does not know or does not keep, such as bodies, is null. It fetches no files, so there are no `download_*`
 * entries and no `export_complete`.
 */
export const exportLogEntrySchema = z.discriminatedUnion('eventId', [
  /** The export was kicked off: not by us, so what is known of that is what was registered, and what the manifest tells. */
  z.object({
    ...common,
    eventId: z.literal('kickoff'),
    eventDetail: z.object({
      /** `request` of the manifest without its query; until that is here, the status URL with its query masked. */
      exportUrl: z.string(),
      softwareName: z.string().nullable(),
      softwareVersion: z.string().nullable(),
      softwareReleaseDate: z.string().nullable(),
      fhirVersion: z.string().nullable(),
      /** Parameters of the Bulk Data Access IG in the query of `request`, but for `patient`. */
      requestParameters: z.record(z.string(), z.string()),
      errorCode: z.number().nullable(),
      errorBody: z.string().nullable(),
      /** `content-location`: the status URL, its query masked. */
      responseHeaders: headers,
    }),
    _client: z.literal('bulkwatch'),
    /** How many of the first polls are not kept any more. */
    _pollsLeftOut: z.number().int(),
  }),
  /** A poll that says that the export goes on. */
  z.object({
    ...common,
    eventId: z.literal('status_progress'),
    eventDetail: z.object({
      body: z.null(),
      xProgress: z.string().nullable(),
      /** What was asked for, in seconds. */
      retryAfter: z.string().nullable(),
    }),
    _requestId: z.string().nullable(),
  }),
  /** A poll that did not go well; or that the job ended without a manifest, and no poll said so. */
  z.object({
    ...common,
    eventId: z.literal('status_error'),
    eventDetail: z.object({
      body: z.null(),
      /** HTTP status; null where no answer came. */
      code: z.number().int().nullable(),
      /** The reason, one of docs/reasons.md, or how the job ended and the reason for that. */
      message: z.string(),
      responseHeaders: headers,
    }),
    _requestId: z.string().nullable(),
  }),
  /** The manifest, whose pages are one here. */
  z.object({
    ...common,
    eventId: z.literal('status_page_complete'),
    eventDetail: z.object({
      transactionTime: z.string().nullable(),
      outputFileCount: z.number().int(),
      /** Null where the manifest is too large to be looked into. */
      deletedFileCount: z.number().int().nullable(),
      errorFileCount: z.number().int(),
    }),
  }),
  /** All files are ready. */
  z.object({
    ...common,
    eventId: z.literal('status_complete'),
    eventDetail: z.object({ transactionTime: z.string().nullable() }),
  }),
  /** All pages of the manifest are here. */
  z.object({
    ...common,
    eventId: z.literal('manifest_complete'),
    eventDetail: z.object({
      transactionTime: z.string().nullable(),
      totalOutputFileCount: z.number().int(),
      totalDeletedFileCount: z.number().int().nullable(),
      totalErrorFileCount: z.number().int(),
      totalManifests: z.literal(1),
    }),
  }),
]);
export type ExportLogEntry = z.infer<typeof exportLogEntrySchema>;
