import type { Registration } from '@bulkwatch/contract';
import { type PresetBook, type ProviderPreset, protocols } from '@bulkwatch/core';
import { nearestName } from '@bulkwatch/runtime';
import type { ReasonedFault } from './reasoned-fault.js';

/** What a registration says of its preset, and where its status URL is, as far as both are well formed. */
export interface PresetChoice {
  readonly fields: Partial<Registration>;
  readonly url: URL | undefined;
  readonly presets: PresetBook;
}

/** The preset that a registration names, else the one of its origin; undefined where it cannot be told. */
export function registeredPreset({
  fields,
  url,
  presets,
}: PresetChoice): ProviderPreset | undefined {
  if (fields.preset !== undefined) return presets.find(fields.preset);
  return url && presets.ofOrigin(url.origin);
}

const dayMs = 86_400_000;

/** How long the preset has a job tracked that brings no deadline of its own, in ms; undefined where it does not say. */
export function presetDeadlineMs(choice: PresetChoice): number | undefined {
  const days = registeredPreset(choice)?.deadlineDays;
  return days === undefined ? undefined : Math.round(days * dayMs);
}

/** What is wrong with the names of preset and protocol, and with the two together. */
export function faultsOfPreset(choice: PresetChoice): ReasonedFault[] {
  const { preset: name, protocol } = choice.fields;
  const preset = registeredPreset(choice);
  const faults: ReasonedFault[] = [];
  if (name !== undefined && !preset) {
    const near = nearestName(name, choice.presets.names());
    const message = `is not known${near ? `; did you mean ${near}?` : ''}`;
    faults.push({ path: ['preset'], message, reason: 'preset-unknown' });
  }
  const message = protocol === undefined ? undefined : faultOfProtocol(protocol, name, preset);
  if (message !== undefined)
    faults.push({ path: ['protocol'], message, reason: 'validation-failed' });
  return faults;
}

function faultOfProtocol(
  protocol: string,
  presetName: string | undefined,
  preset: ProviderPreset | undefined,
): string | undefined {
  if (!protocols.has(protocol)) return `must be one of ${[...protocols.keys()].join(', ')}`;
  if (!preset || preset.protocol === protocol) return undefined;
  return presetName === undefined
    ? `needs a preset that speaks it; the one of this origin speaks ${preset.protocol}`
    : `must be ${preset.protocol}, which the preset speaks`;
}
