import type { ProviderPresetInput } from './provider-preset.js';

/**
 * Products that speak Bulk Data Access, hospital systems first. A member that is not set is not known, and what
 * is not known is as the specification has it. `source` says how well the rest is known.
 */
export const bulkServerPresets = {
  'oracle-millennium': {
    title: 'Oracle Health Millennium',
    source:
      'Documented: Accept application/fhir+json, Retry-After 600, 406 for other media types, files kept for 30 days. Reported from the field: a Retry-After of hours, and 500 for passing faults and dead exports alike. High confidence.',
    accept: 'application/fhir+json',
    retryAfter: { defaultSeconds: 600 },
    retentionHours: 30 * 24,
  },
  'oracle-soarian': {
    title: 'Oracle Health Soarian Clinicals',
    source:
      'Documented: the status request and the delete request need Prefer: respond-async and Accept application/fhir+json; a 404 with code deleted means cancelled or expired, so it is taken for neither. Medium confidence: documentation only.',
    accept: 'application/fhir+json',
    headers: { Prefer: 'respond-async' },
  },
  epic: {
    title: 'Epic',
    source:
      'Notes of other clients: exports of weeks, nothing before all is ready, and a finished export occupies its group until it is deleted. Neither headers nor retention are documented in public. Low confidence: nothing is assumed, but that two weeks without progress are no standstill.',
    stallAfterHours: 14 * 24,
  },
  eclinicalworks: {
    title: 'eClinicalWorks',
    source:
      'One report from the field: Retry-After 7200 at first and 120 later. Low confidence: the shorter one stands in where there is none.',
    retryAfter: { defaultSeconds: 120 },
  },
  hapi: {
    title: 'HAPI FHIR, Smile CDR',
    source:
      'Source text: Retry-After is always 120; a cancelled export stays on 202, and X-Progress tells. ERRORED there is no end, since HAPI tries again and may still complete; FAILED, which comes with a 500, would be. No Expires; files are deleted after 2 hours unless configured. High confidence.',
    retryAfter: { defaultSeconds: 120 },
    progressTexts: { failed: ['Status set to FAILED'], cancelled: ['Status set to CANCELLED'] },
    retentionHours: 2,
  },
  'microsoft-fhir': {
    title: 'Microsoft FHIR server, Azure Health Data Services',
    source:
      'Source text: neither Retry-After nor X-Progress on a 202; 429 with Retry-After and x-ms-retry-after-ms; files go to storage of your own and stay. High confidence, but for what a cancelled export answers, which the source leaves open.',
  },
  'google-healthcare': {
    title: 'Google Cloud Healthcare API',
    source:
      'Documented: 202 with X-Progress, then the manifest; files go to a bucket of your own and stay. Medium confidence: documentation only.',
  },
  medplum: {
    title: 'Medplum',
    source:
      'Source text: a 202 without Retry-After and X-Progress, also once the export has failed, so that only the deadline ends such a job; 404 when it was cancelled. High confidence for the versions read.',
  },
  aidbox: {
    title: 'Aidbox',
    source:
      'Documented: 202, then a manifest with status and without error. Medium confidence: documentation only, and it names no headers.',
  },
  firely: {
    title: 'Firely Server',
    source:
      'Documented: 410 for an export that was cancelled and for one whose files were purged, of which the former is likelier while it is being polled. Medium confidence: documentation only.',
    cancelled: { statuses: [410] },
  },
  pathling: {
    title: 'Pathling',
    source:
      'Source text: a 202 may carry an OperationOutcome that only informs; the end is a manifest or a 303 with a relative Location; Expires is counted anew with each answer; a restart forgets all exports. High confidence.',
  },
  linuxforhealth: {
    title: 'LinuxForHealth FHIR Server (IBM)',
    source:
      'Source text and issues: older versions leave output out, file URLs may be relative, and some exports never end, which is for the deadline. Medium confidence.',
  },
  'smart-reference': {
    title: 'SMART on FHIR bulk data reference server',
    source:
      'Measured: Retry-After 1; more than 60 requests a minute from one address are shut out for 5 minutes, with a Retry-After in epoch ms; Expires after 1 hour. High confidence; the pace leaves half of that rate to those who load the files.',
    retryAfter: { floorSeconds: 2 },
    gate: { perSecond: 0.5 },
    retentionHours: 1,
  },
} satisfies Record<string, ProviderPresetInput>;
