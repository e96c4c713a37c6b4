import {
  type PresetBook,
  type ProviderPreset,
  protocolOf,
  type StatusProtocol,
} from '@bulkwatch/core';
import type { ClaimedJob } from '@bulkwatch/store';

/** How to speak with the provider of a job. */
export interface Dialect {
  readonly protocol: StatusProtocol;
  readonly preset: ProviderPreset;
}

/**
 * The dialect of a job: that of the preset which its registration named, else of the one which the settings give
 * to its origin. It is looked up for each poll, so that an operator can mend the choice while jobs are open.
 * Undefined where the preset is gone, or speaks another protocol than the job was registered with.
 */
export function dialectOf(job: ClaimedJob, presets: PresetBook): Dialect | undefined {
  const preset =
    job.preset === undefined ? presets.ofOrigin(job.provider) : presets.find(job.preset);
  if (preset?.protocol !== job.protocol) return undefined;
  return { protocol: protocolOf(preset), preset };
}
