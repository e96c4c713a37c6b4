import type { ReasonRow } from './reason-row.js';

/** The part of the table of reasons with which the API answers a caller. */
export const apiReasons = {
  'authentication-missing': {
    verdict: 'caller',
    status: 401,
    title: 'The request says not who sends it.',
    action: 'Send an API key or a token as Authorization: Bearer; see docs/api.md.',
  },
  'authentication-invalid': {
    verdict: 'caller',
    status: 401,
    title: 'The API key or token is not valid, or no longer.',
    action: 'Look for the request id in the log, which says what is wrong with it.',
  },
  'scope-missing': {
    verdict: 'caller',
    status: 403,
    title: 'The API key or token does not have the scope that this call needs.',
    action: 'Make a key with the scope that detail names, or ask the issuer of the token for it.',
  },
  'default-tenant-only': {
    verdict: 'caller',
    status: 403,
    title: 'The call concerns all tenants, and is for callers of the default tenant.',
    action: 'Use an API key or a token of the tenant `default`.',
  },
  'too-many-requests': {
    verdict: 'caller',
    status: 429,
    title: 'There were more requests than the rate limit of the API allows.',
    action: 'Wait as Retry-After says, register in batches, or raise BULKWATCH_API_RATE_LIMIT.',
  },
  'too-many-subscribers': {
    verdict: 'transient',
    status: 503,
    title: 'This api process sends events to as many subscribers as it may.',
    action: 'Raise BULKWATCH_API_SUBSCRIBERS_MAX, or run more api processes.',
  },
  'too-many-failures': {
    verdict: 'caller',
    status: 429,
    title: 'There were too many wrong keys or tokens from this address, or of this key id.',
    action:
      'Stop whoever sends the wrong key and wait as Retry-After says, or raise BULKWATCH_API_FAILURE_LIMIT.',
  },
  'proxied-without-authentication': {
    verdict: 'caller',
    status: 403,
    title: 'The request came by way of a proxy, and the API asks nobody who they are.',
    action:
      'Call it from its own machine, or set BULKWATCH_DANGEROUSLY_ALLOW_ANONYMOUS=false and make keys.',
  },
  'issuer-unavailable': {
    verdict: 'transient',
    status: 503,
    title: 'The keys with which tokens are verified cannot be had.',
    action: 'Bring the server of BULKWATCH_JWT_JWKS_URL back; API keys work meanwhile.',
  },
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
    title: 'Bearer tokens and webhooks cannot be accepted: there is no key to seal them with.',
    action: 'Set BULKWATCH_SEAL_KEYS_FILE for the api and the worker, or use a named credential.',
  },
  'bearer-token-expires-too-early': {
    verdict: 'caller',
    status: 422,
    title: 'The bearer token will have expired when it is first needed.',
    action: 'Send one that lives longer, or use a named credential, which is renewed by itself.',
  },
  'bearer-token-needed': {
    verdict: 'caller',
    status: 422,
    title: 'The token that was submitted with the job is gone.',
    action: 'Send another bearerToken with the refresh, or the acknowledgement, of this job.',
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
  'provider-not-found': {
    verdict: 'caller',
    status: 404,
    title: 'No job has ever been registered at this provider.',
    action:
      'Check the origin: scheme, host and port as in a status URL, percent-encoded in the path.',
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
  'manifest-removed': {
    verdict: 'caller',
    status: 410,
    title: 'The manifest has been removed: it was kept as long as the settings say.',
    action:
      'Refresh the job if the provider still has the export; raise BULKWATCH_RETENTION_MANIFESTS to keep others longer.',
  },
  'manifest-sealed': {
    verdict: 'transient',
    status: 503,
    title: 'The manifest cannot be opened: its seal key is missing.',
    action: 'Put the seal key that detail names back into BULKWATCH_SEAL_KEYS_FILE of the api.',
  },
  'job-already-settled': {
    verdict: 'caller',
    status: 409,
    title: 'The job has already reached its final state.',
    action: 'Nothing.',
  },
  'job-not-settled': {
    verdict: 'caller',
    status: 409,
    title: 'The job has not reached its final state yet.',
    action: 'Wait for the event of its end, or use ?wait= on the job.',
  },
  'job-not-completed': {
    verdict: 'caller',
    status: 409,
    title: 'The job has not completed.',
    action: 'Wait until it has; one that ended otherwise never will.',
  },
  'too-many-acknowledgements': {
    verdict: 'caller',
    status: 409,
    title: 'As many subscribers that are not required have acknowledged the job as are kept.',
    action: 'Name the subscribers that matter in requiredSubscribers.',
  },
  'export-deleted': {
    verdict: 'caller',
    status: 409,
    title:
      'The provider was sent, or is being sent, the delete request that follows the acknowledgement.',
    action: 'Kick off again if the files are still wanted.',
  },
  'job-paused': {
    verdict: 'caller',
    status: 409,
    title: 'The job is paused.',
    action: 'Resume it first.',
  },
  'retry-after-not-over': {
    verdict: 'caller',
    status: 409,
    title: 'The provider asked not to be polled before the instant that detail names.',
    action: 'Wait as Retry-After says, or poll with force.',
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
  'not-replicated': {
    verdict: 'transient',
    status: 503,
    title: 'The registration is not on as many replicas of Redis as it must be.',
    action:
      'Register again as Retry-After says, which is harmless; bring the replicas back, or lower BULKWATCH_REPLICAS.',
  },
  'internal-error': {
    verdict: 'transient',
    status: 500,
    title: 'Something went wrong on our side.',
    action: 'Look for the request id in the log.',
  },
} as const satisfies Record<string, ReasonRow>;
