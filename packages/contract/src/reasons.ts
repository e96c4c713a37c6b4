/**
 * The one table of reasons: the low-cardinality *why* of everything that does not go to plan.
 * The same word is a log field, a metric label, `reason` on a job or a poll, and `reason` of a problem.
 *
 * `verdict`: `transient` heals by waiting; `permanent` ends the job; `ask-operator` waits for a human
 * while the job stays tracked; `caller` is the API caller's to mend.
 * `status` is the HTTP status with which the API says it, where the API can say it.
 */
interface ReasonRow {
  readonly verdict: 'transient' | 'permanent' | 'ask-operator' | 'caller';
  readonly status?: number;
  /** One sentence for the reader of a job or a problem. */
  readonly title: string;
  /** One sentence for the operator: what to do about it. */
  readonly action: string;
}

export const reasons = {
  // Polls that failed. The export may well be fine.
  'rate-limited': {
    verdict: 'transient',
    title: 'The provider asked us to poll less often.',
    action: 'Nothing; polls of this provider wait as long as it asked for.',
  },
  'provider-error': {
    verdict: 'transient',
    title: 'The provider answered with an error that says nothing about the export.',
    action: 'Watch the provider; polling backs off and goes on until the deadline.',
  },
  'connection-failed': {
    verdict: 'transient',
    title: 'The provider could not be reached.',
    action: 'Check name resolution, network and the provider; polling backs off and goes on.',
  },
  'tls-failed': {
    verdict: 'transient',
    title: 'No secure connection to the provider could be made.',
    action: "Check the provider's certificate and this host's clock and trust store.",
  },
  'timed-out': {
    verdict: 'transient',
    title: 'The provider did not answer in time.',
    action: 'Watch the provider; raise BULKWATCH_REQUEST_TIMEOUT if it is slow by nature.',
  },
  'response-too-large': {
    verdict: 'transient',
    title: 'The answer was larger than the limit and was not read to its end.',
    action: 'Raise BULKWATCH_MANIFEST_MAX if manifests of this size are expected.',
  },
  'response-unreadable': {
    verdict: 'transient',
    title: 'The answer could not be understood.',
    action:
      'Look at the poll timeline and talk to the provider; a few tries follow before the job fails.',
  },
  'redirect-refused': {
    verdict: 'transient',
    title: 'The provider answered with a redirect that is not followed.',
    action:
      'Look where it leads: redirects are followed three times in a row, and never from https to http.',
  },
  'auth-rejected': {
    verdict: 'ask-operator',
    title: 'The provider refused our credentials.',
    action:
      'Check the credential, or replace the submitted token; the job is not failed meanwhile.',
  },
  'token-unavailable': {
    verdict: 'ask-operator',
    title: 'No access token could be obtained.',
    action: 'Check the token endpoint and the credential; all jobs of the credential wait.',
  },
  'credential-missing': {
    verdict: 'ask-operator',
    title: 'The credential of this job is not configured, or its sealed token cannot be opened.',
    action: 'Put the credential or the seal key back into the settings of the worker.',
  },
  'preset-missing': {
    verdict: 'ask-operator',
    title: "The preset of this job is not configured, or speaks another protocol than the job's.",
    action: 'Put the preset back into BULKWATCH_PRESETS_FILE of the worker.',
  },
  'provider-not-allowed': {
    verdict: 'ask-operator',
    status: 422,
    title: 'The origin is not on the list of provider origins.',
    action: 'Add the origin to BULKWATCH_PROVIDER_ORIGINS if it is to be trusted.',
  },
  interrupted: {
    verdict: 'transient',
    title: 'The worker stopped before the poll had an answer.',
    action: 'Nothing; another worker polls again in time.',
  },

  // Why a job ended otherwise than completed.
  'export-failed': {
    verdict: 'permanent',
    title: 'The provider says that the export failed.',
    action: 'Read the detail; kick the export off again once its cause is mended.',
  },
  'export-unknown': {
    verdict: 'permanent',
    title: 'The provider does not know the export (404).',
    action: 'It was deleted or never existed; kick off again.',
  },
  'export-expired': {
    verdict: 'permanent',
    title: 'The export is gone (410).',
    action: 'Its files have expired at the provider; kick off again.',
  },
  'export-cancelled': {
    verdict: 'permanent',
    title: 'The provider says that the export was cancelled there.',
    action: 'Kick off again if the export is still wanted.',
  },
  'export-terminated': {
    verdict: 'permanent',
    title: 'The provider dropped the export after it had asked us to poll less often.',
    action: 'Kick off again; give the provider a preset with a higher floor.',
  },
  'access-denied': {
    verdict: 'permanent',
    title: 'The provider has said for a day, in plain words, that we may not see this export.',
    action: 'Check that status requests are sent as the client that kicked the export off.',
  },
  'request-refused': {
    verdict: 'permanent',
    title: 'The provider refuses the status request as such.',
    action: 'Check that the status URL is one, and that the protocol is the right one.',
  },
  'manifest-invalid': {
    verdict: 'permanent',
    title: 'The provider says that it is complete, but what it sends is no manifest.',
    action: 'Talk to the provider; the poll timeline has the request ids to quote.',
  },
  'manifest-incomplete': {
    verdict: 'permanent',
    title: 'The export is complete, but not all pages of its manifest could be fetched.',
    action: 'Load the files that are listed; read the detail, and kick off again for the rest.',
  },
  'tracking-deadline': {
    verdict: 'permanent',
    title: 'The deadline passed before the export ended; it may still be running.',
    action: 'Check with the provider; register again with a later deadline if it still runs.',
  },
  'cancelled-by-request': {
    verdict: 'permanent',
    title: 'Tracking was stopped through the API.',
    action: 'Nothing.',
  },
  'delete-refused': {
    verdict: 'permanent',
    title: 'Tracking was stopped, but the provider did not accept the delete request.',
    action: 'The export may still run at the provider; delete it there by hand if need be.',
  },

  // What the API answers to a caller.
  'body-not-json': {
    verdict: 'caller',
    status: 400,
    title: 'The body is not valid JSON.',
    action: 'Mend the request.',
  },
  'body-too-large': {
    verdict: 'caller',
    status: 413,
    title: 'The body is larger than the limit.',
    action: 'Send less, or raise BULKWATCH_API_BODY_MAX or BULKWATCH_API_BATCH_MAX.',
  },
  'content-type-not-supported': {
    verdict: 'caller',
    status: 415,
    title: 'The content type is not one that this call takes.',
    action: 'Mend the request.',
  },
  'validation-failed': {
    verdict: 'caller',
    status: 422,
    title: 'Some fields are not acceptable; see errors.',
    action: 'Mend the fields that errors names.',
  },
  'query-invalid': {
    verdict: 'caller',
    status: 400,
    title: 'Some query parameters are not acceptable; see errors.',
    action: 'Mend the parameters that errors names.',
  },
  'credential-unknown': {
    verdict: 'caller',
    status: 422,
    title: 'No credential of that name is configured.',
    action: 'Name a configured credential, or add it to BULKWATCH_CREDENTIALS_FILE.',
  },
  'credential-not-for-provider': {
    verdict: 'caller',
    status: 422,
    title: 'The credential may not be sent to this origin.',
    action: 'Name another credential, or add the origin to its list.',
  },
  'preset-unknown': {
    verdict: 'caller',
    status: 422,
    title: 'There is no preset of that name.',
    action: 'Name a preset of docs/providers.md, or one of BULKWATCH_PRESETS_FILE.',
  },
  'sealing-not-configured': {
    verdict: 'caller',
    status: 422,
    title: 'Bearer tokens cannot be accepted: there is no key to seal them with.',
    action: 'Set BULKWATCH_SEAL_KEYS_FILE for the api and the worker, or use a named credential.',
  },
  'idempotency-key-reused': {
    verdict: 'caller',
    status: 422,
    title: 'The Idempotency-Key was used before with another body.',
    action: 'Use a fresh key for another request.',
  },
  'job-not-found': {
    verdict: 'caller',
    status: 404,
    title: 'There is no such job.',
    action: 'Check the id.',
  },
  'manifest-not-ready': {
    verdict: 'caller',
    status: 404,
    title: 'The export is not complete yet.',
    action: 'Wait for the completion event, or use ?wait= on the job.',
  },
  'manifest-never': {
    verdict: 'caller',
    status: 404,
    title: 'The job ended without a manifest.',
    action: 'Read the reason on the job.',
  },
  'job-already-settled': {
    verdict: 'caller',
    status: 409,
    title: 'The job has already reached its final state.',
    action: 'Nothing.',
  },
  'route-not-found': {
    verdict: 'caller',
    status: 404,
    title: 'There is no such route.',
    action: 'Check the path.',
  },
  'method-not-allowed': {
    verdict: 'caller',
    status: 405,
    title: 'The route does not take this method.',
    action: 'See the Allow header.',
  },
  'request-malformed': {
    verdict: 'caller',
    status: 400,
    title: 'The request could not be read.',
    action: 'Mend the request.',
  },
  'store-unavailable': {
    verdict: 'transient',
    status: 503,
    title: 'Redis cannot be reached or cannot write.',
    action: 'Bring Redis back; everything resumes by itself.',
  },
  'internal-error': {
    verdict: 'transient',
    status: 500,
    title: 'Something went wrong on our side.',
    action: 'Look for the request id in the log.',
  },
} as const satisfies Record<string, ReasonRow>;

export type Reason = keyof typeof reasons;
export const reasonNames = Object.keys(reasons) as Reason[];

/** Oddities in an answer that was understood all the same: counted, and kept on the poll. */
export const anomalies = [
  // A Retry-After, or a header that stands in for it, says no wait: it counts as absent.
  'retry-after-unreadable',
  // Retry-After is an instant in epoch seconds or ms, where seconds to wait belong: it is waited for.
  'retry-after-epoch',
  // Retry-After came more than once and not with one meaning: the longest wait is kept.
  'retry-after-repeated',
  // The wait asked for is below the floor or above the ceiling, and is replaced by it.
  'retry-after-clamped',
  // Expires is neither `0` nor an instant: when the files expire is unknown.
  'expires-unreadable',
] as const;
export type Anomaly = (typeof anomalies)[number];
