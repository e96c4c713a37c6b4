import { apiReasons } from './api-reasons.js';
import type { ReasonRow } from './reason-row.js';
import { webhookReasons } from './webhook-reasons.js';

/** The one table of reasons; each row is explained in reason-row.ts. */
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
    action:
      'Raise BULKWATCH_MANIFEST_MAX if manifests of this size are expected; that does not help where detail says that it is too costly to read, and nothing need be done where there was no room beside others.',
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
  'token-refused': {
    verdict: 'ask-operator',
    title: 'The token endpoint refused our credential, or is none that may be asked.',
    action: 'Check the credential and its token endpoint; all jobs of the credential wait.',
  },
  'token-unavailable': {
    verdict: 'transient',
    title: 'No access token could be obtained for now.',
    action:
      'Nothing at first: the token endpoint, or Redis, is out; one request at a time probes it.',
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
    title: 'The URL is not at a provider that may be asked.',
    action:
      'Add the origin to BULKWATCH_PROVIDER_ORIGINS if it is to be trusted, and to BULKWATCH_PRIVATE_ORIGINS if it is inside; the log and bulkwatch_egress_refusals_total tell what was wrong.',
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
    title: 'The provider did not accept the delete request, or could not be sent it in time.',
    action: 'The export may still run at the provider; delete it there by hand if need be.',
  },

  ...apiReasons,
  ...webhookReasons,
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
  // The manifest is JSON, but Content-Type says that it is something else.
  'content-type-unexpected',
  // The percentage of X-Progress is below that of the answer before.
  'progress-regressed',
] as const;
export type Anomaly = (typeof anomalies)[number];
