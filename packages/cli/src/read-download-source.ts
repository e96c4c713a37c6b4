import type { Client, Manifest } from '@bulkwatch/client';
import type { DownloadSource } from '@bulkwatch/client/download';
import { CommandError, UsageError } from './command-error.js';
import { readSource } from './read-source.js';

interface SourceParts {
  /** Whether the provider is to be asked for fresh links where these have expired. */
  readonly refreshLinks: boolean;
  readonly stdin: AsyncIterable<string | Uint8Array>;
  openClient(): Client;
}

/**
 * Where a download has its list of files from: a file with a manifest, called `*.json` or `-`, or a job. Throws
 * UsageError, CommandError.
 */
export async function readDownloadSource(
  positionals: readonly string[],
  { refreshLinks, stdin, openClient }: SourceParts,
): Promise<DownloadSource> {
  const [source, ...others] = positionals;
  if (source === undefined || others.length > 0)
    throw new UsageError('Name one job by its id, or a file that has a manifest (*.json, or -).');
  if (source !== '-' && !source.endsWith('.json'))
    return { client: openClient(), jobId: source, refreshLinks };
  if (refreshLinks) throw new UsageError('--fresh-links is for jobs: a file has no other links.');
  const lines: string[] = [];
  for await (const line of readSource(source, stdin)) lines.push(line);
  return { manifest: parseManifest(lines.join('\n'), source) };
}

function parseManifest(text: string, file: string): Manifest {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && 'output' in value) return value as Manifest;
  } catch {
    // Said below; the text may hold signed URLs.
  }
  throw new CommandError(`${file} is no manifest.`);
}
