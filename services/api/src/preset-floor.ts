import type { PresetBook } from '@bulkwatch/core';
import type { JobRecord } from '@bulkwatch/store';

/** How soon after a poll of a job the next one may follow by its preset, in ms; 0 where that does not say. */
export function presetFloorMs(
  presets: Pick<PresetBook, 'find' | 'ofOrigin'>,
  { preset, provider }: Pick<JobRecord, 'preset' | 'provider'>,
): number {
  const known = preset === undefined ? presets.ofOrigin(provider) : presets.find(preset);
  return (known?.retryAfter.floorSeconds ?? 0) * 1000;
}
