import type { Manifest } from '@bulkwatch/contract';
import { sleep } from '../sleep.js';
import type { DownloadOptions, DownloadSource } from './download-options.js';

/** A manifest, and whose origin its token is for where nobody says otherwise. */
export interface SourcedManifest {
  readonly manifest: Manifest;
  readonly home: string | undefined;
}

/** Gets the manifest. Rejects as the calls of the client do. */
export async function readManifest(options: DownloadOptions): Promise<SourcedManifest> {
  if (options.manifest)
    return { manifest: options.manifest, home: options.manifest.request ?? undefined };
  const { client, jobId, signal } = options;
  const [job, manifest] = await Promise.all([
    client.getJob(jobId, { signal }),
    client.getManifest(jobId, { signal }),
  ]);
  return { manifest, home: job.statusUrl };
}

/** Between two looks whether fresh links have come. */
const lookEveryMs = 1_000;

/**
 * Has the provider asked for fresh links, and waits for them. Undefined where none came, as the provider has no more of them.
 * Rejects as the calls of the client do, and with the signal's reason.
 */
export async function freshManifest(
  { client, jobId }: Extract<DownloadSource, { readonly jobId: string }>,
  signal: AbortSignal,
): Promise<Manifest | undefined> {
  const before = await client.getJob(jobId, { signal });
  let job = await client.refreshJob(jobId, { signal });
  while (job.refreshUntil !== null && job.manifestVersion === before.manifestVersion) {
    await sleep(lookEveryMs, signal);
    job = await client.getJob(jobId, { signal });
  }
  if (job.manifestVersion === before.manifestVersion) return undefined;
  return client.getManifest(jobId, { signal });
}
