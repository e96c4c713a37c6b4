import { builtInPresets, genericPreset } from './built-in-presets.js';
import type { ProviderPreset } from './provider-preset.js';

/** Every preset that a job can have, and which one it has when its registration names none. */
export interface PresetBook {
  /** The preset of this name: built-in or the users' own. */
  find(name: string): ProviderPreset | undefined;
  /** The preset that the settings give to this origin; `generic` where they say nothing. */
  ofOrigin(origin: string): ProviderPreset;
  /** The origins to which the settings give one. */
  origins(): readonly string[];
  names(): readonly string[];
}

/**
 * The built-in presets and the users' own, and the names of those that the settings give to an origin.
 *
 * @throws Error when an origin is given a preset that is not there; the settings have been checked before.
 */
export function createPresetBook({
  own,
  byOrigin,
}: {
  own: ReadonlyMap<string, ProviderPreset>;
  byOrigin: ReadonlyMap<string, string>;
}): PresetBook {
  const byName = new Map([...builtInPresets, ...own]);
  const given = new Map([...byOrigin].map(([origin, name]) => [origin, presetOf(byName, name)]));
  return {
    find: (name) => byName.get(name),
    ofOrigin: (origin) => given.get(origin) ?? genericPreset,
    origins: () => [...given.keys()],
    names: () => [...byName.keys()],
  };
}

function presetOf(byName: ReadonlyMap<string, ProviderPreset>, name: string): ProviderPreset {
  const preset = byName.get(name);
  if (!preset) throw new Error(`there is no preset ${name}`);
  return preset;
}
