import type { StatusFieldOptionsInput } from '../protocol/status-field/status-field-options.js';
import type { ProviderPresetInput } from './provider-preset.js';

const protocol = 'status-field';
const json = 'application/json';

type StatusFieldPreset = ProviderPresetInput & { readonly options: StatusFieldOptionsInput };

const healthLakeStatus = [
  '/exportJobProperties/jobStatus',
  '/ExportJobProperties/JobStatus',
  '/jobStatus',
];

/** AWS writes the same document with capitals in its native API and without them in its FHIR API. */
const healthLakeOptions: StatusFieldOptionsInput = {
  // Every manifest has the last of these: should one come that has no status, it is complete.
  status: [...healthLakeStatus, '/requiresAccessToken'],
  values: {
    true: 'complete',
    false: 'complete',
    SUBMITTED: 'in-progress',
    QUEUED: 'in-progress',
    IN_PROGRESS: 'in-progress',
    COMPLETED: 'complete',
    COMPLETED_WITH_ERRORS: 'complete',
    FAILED: 'failed',
    CANCEL_SUBMITTED: 'in-progress',
    CANCEL_IN_PROGRESS: 'in-progress',
    CANCEL_COMPLETED: 'cancelled',
    CANCEL_FAILED: 'in-progress',
  },
  detail: ['/exportJobProperties/message', '/ExportJobProperties/Message'],
  progress: healthLakeStatus,
  output: ['/output'],
  errors: ['/error'],
  transactionTime: ['/transactionTime'],
  badRequests: {
    ThrottlingException: 'rate-limited',
    AccessDeniedException: 'auth-rejected',
    ExpiredTokenException: 'auth-rejected',
    UnrecognizedClientException: 'auth-rejected',
  },
};

/** Services that are no bulk data servers but look like one, and one that nearly is. */
export const statusFieldPresets = {
  healthlake: {
    title: 'AWS HealthLake, FHIR API ($export)',
    source:
      'Answers of the service that its users have published: the body has a status of its own (exportJobProperties.jobStatus) beside the members of a manifest, so that a 200 alone is no end. Medium confidence: AWS documents the statuses, but not the HTTP status of a running export. Files go to a bucket of your own and stay.',
    protocol,
    options: healthLakeOptions,
  },
  'healthlake-job': {
    title: 'AWS HealthLake, export job (DescribeFHIRExportJob)',
    source:
      'Documented: the statuses, and HTTP 400 for throttling and for refused credentials. The service itself takes only signed POST requests: the status URL has to be that of a gateway that signs them. High confidence for the document.',
    protocol,
    accept: json,
    options: healthLakeOptions,
  },
  'azure-operation': {
    title: 'Azure operation (Operation-Location, Azure-AsyncOperation)',
    source:
      'Azure REST API guidelines, long-running operations: 200 with a status from beginning to end, Retry-After required, other statuses to be put up with. Azure Resource Manager adds the spelling Canceled. High confidence; a service may know no cancellation by DELETE.',
    protocol,
    accept: json,
    options: {
      status: ['/status'],
      values: {
        NotStarted: 'in-progress',
        Running: 'in-progress',
        Succeeded: 'complete',
        Failed: 'failed',
        Canceled: 'cancelled',
        Cancelled: 'cancelled',
      },
      detail: ['/error/message', '/error/code'],
      progress: ['/percentComplete', '/status'],
    },
  },
  'google-operation': {
    title: 'Google long-running operation',
    source:
      'AIP-151 and google.longrunning: done is left out while it is false; error, with code 1 when cancelled, stands for a result; operations name no wait. High confidence.',
    protocol,
    accept: json,
    options: {
      status: ['/done'],
      values: { true: 'complete', false: 'in-progress' },
      absent: 'in-progress',
      failure: { at: ['/error/code', '/error'], cancelled: ['1'] },
      detail: ['/error/message'],
      progress: ['/metadata/progressPercent', '/metadata/progress/progressPercent'],
      output: ['/metadata/counter/success'],
      errors: ['/metadata/counter/failure'],
      cancel: { method: 'POST', suffix: ':cancel' },
    },
  },
  'salesforce-query-job': {
    title: 'Salesforce Bulk API 2.0 query job',
    source:
      'Documented: the states, PATCH to abort, and 7 days until a job that has ended is deleted with its results. It names no wait. High confidence.',
    protocol,
    accept: json,
    retentionHours: 7 * 24,
    options: {
      status: ['/state'],
      values: {
        Open: 'in-progress',
        UploadComplete: 'in-progress',
        InProgress: 'in-progress',
        JobComplete: 'complete',
        Failed: 'failed',
        Aborted: 'cancelled',
      },
      detail: ['/errorMessage'],
      progress: ['/state'],
      cancel: { method: 'PATCH', body: { state: 'Aborted' } },
    },
  },
  'medplum-async-job': {
    title: 'Medplum AsyncJob (/job/{id}/status)',
    source:
      'Source text: 202 with the AsyncJob while it runs, and also once it was cancelled; 200 for completed and error alike. Older versions send no body with the 202. High confidence for the versions read; where an error says why is inferred.',
    protocol,
    options: {
      status: ['/status'],
      values: {
        accepted: 'in-progress',
        active: 'in-progress',
        completed: 'complete',
        error: 'failed',
        cancelled: 'cancelled',
      },
      detail: [
        '/output/parameter/0/resource/issue/0/details/text',
        '/output/parameter/0/valueString',
      ],
      progress: ['/status'],
      output: ['/output/parameter'],
      transactionTime: ['/transactionTime'],
    },
  },
} satisfies Record<string, StatusFieldPreset>;
