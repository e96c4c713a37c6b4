import type { ProviderPreset } from '../presets/provider-preset.js';
import type { PolledJob, ProviderRequest } from './status-protocol.js';

/**
 * The status request of most protocols: a GET of the status URL, or of where the answers before have sent us.
 * Headers of the preset's own stay within the provider's origin.
 */
export function statusRequest(job: PolledJob, preset: ProviderPreset): ProviderRequest {
  const { redirect, cursor } = job.memory;
  const url = redirect?.url ?? cursor?.url ?? statusUrlOf(job);
  const own = new URL(url).origin === new URL(job.statusUrl).origin ? preset.headers : {};
  return { method: 'GET', url, headers: { ...own, Accept: acceptOf(job, preset) } };
}

/** The delete request of FHIR: a DELETE of the status URL (Bulk Data Access IG, "Bulk Data Delete Request"). */
export function deleteByStatusUrl(job: PolledJob, preset: ProviderPreset): ProviderRequest {
  return {
    method: 'DELETE',
    url: statusUrlOf(job),
    // What it is answered with is of little interest: no provider shall refuse it for that.
    headers: { ...preset.headers, Accept: `${acceptOf(job, preset)}, */*;q=0.1` },
  };
}

function acceptOf({ memory }: PolledJob, preset: ProviderPreset): string {
  return memory.alternateAccept ? preset.alternateAccept : preset.accept;
}

/** The status URL, or where it has moved for good. */
export function statusUrlOf({ statusUrl, memory }: PolledJob): string {
  return memory.movedTo ?? statusUrl;
}
