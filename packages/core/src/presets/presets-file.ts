import { type Fault, faultsOf } from '../faults.js';
import { parseJson } from '../parse-json.js';
import { isJsonObject, type JsonObject } from '../protocol/bodies/json-object.js';
import { builtInPresets, genericPreset } from './built-in-presets.js';
import { type ProviderPreset, presetName } from './provider-preset.js';
import { readPreset } from './read-preset.js';

/** What a file of users' own presets says. */
export interface PresetsFile {
  readonly presets: ReadonlyMap<string, ProviderPreset>;
  /** Of all presets in it, faulty ones too; undefined where it cannot be told. */
  readonly names?: readonly string[];
  readonly faults: readonly Fault[];
}

/**
 * Reads the text of a file `{ "presets": { "<name>": { … } } }`. A preset that `extends` a built-in one has
 * those of its members that it does not state itself.
 */
export function parsePresetsFile(text: string): PresetsFile {
  const file = parseJson(text);
  if (file === undefined) return unusable([], 'is not valid JSON');
  if (!isJsonObject(file) || !isJsonObject(file.presets))
    return unusable([], 'must be an object with the member presets, an object by name');

  const presets = new Map<string, ProviderPreset>();
  const faults = Object.keys(file)
    .filter((name) => name !== 'presets')
    .map((name): Fault => ({ path: [name], message: 'is not known' }));
  for (const [name, value] of Object.entries(file.presets)) {
    const reading = readOwnPreset(name, value);
    if (reading.kind === 'read') presets.set(name, reading.preset);
    else faults.push(...reading.faults);
  }
  return { presets, names: Object.keys(file.presets), faults };
}

const unusable = (path: Fault['path'], message: string): PresetsFile => ({
  presets: new Map(),
  faults: [{ path, message }],
});

function readOwnPreset(name: string, value: unknown): ReturnType<typeof readPreset> {
  const path = ['presets', name];
  const { stated, faults } = extended(value, path);
  const reading = readPreset(stated, path);
  const others = [...faultsOfName(name, path), ...faults];
  if (reading.kind === 'faulty') return { ...reading, faults: [...others, ...reading.faults] };
  return others.length > 0 ? { kind: 'faulty', faults: others } : reading;
}

function faultsOfName(name: string, path: Fault['path']): Fault[] {
  if (builtInPresets.has(name))
    return [{ path, message: 'is the name of a built-in preset: choose another, and extend that' }];
  const { error } = presetName.safeParse(name);
  return error ? faultsOf(error, path) : [];
}

/** The preset with the members of the one that it extends. */
function extended(value: unknown, path: Fault['path']): { stated: unknown; faults: Fault[] } {
  if (!isJsonObject(value) || !Object.hasOwn(value, 'extends'))
    return { stated: value, faults: [] };
  const { extends: base, ...own }: JsonObject = value;
  const preset = typeof base === 'string' ? builtInPresets.get(base) : undefined;
  if (preset) return { stated: { ...preset, ...own }, faults: [] };
  return {
    // Extending something lets the faults of what it states itself be found all the same.
    stated: { ...genericPreset, ...own },
    faults: [{ path: [...path, 'extends'], message: 'must be the name of a built-in preset' }],
  };
}
