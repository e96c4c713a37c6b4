import {
  builtInPresets,
  createPresetBook,
  type PresetBook,
  type PresetsFile,
  parsePresetsFile,
} from '@bulkwatch/core';
import { nearestName } from '@bulkwatch/runtime';
import { ConfigurationError, type ConfigurationProblem, inFile } from './configuration-error.js';
import { readTextFile } from './read-text-file.js';

/**
 * Reads the users' own presets from a JSON file, `{"presets": {"<name>": {...}}}`; without a file there are
 * none. `byOrigin` has the names of the presets that the settings give to origins.
 *
 * @throws ConfigurationError with every problem of the file, and with every name that is given to an origin
 * and is neither built in nor in the file.
 */
export async function loadPresetBook(
  file: string | undefined,
  byOrigin: ReadonlyMap<string, string> = new Map(),
): Promise<PresetBook> {
  const { presets: own, names, faults } = await readPresets(file);
  const problems = [...faults.map(inFile), ...unknownNames(byOrigin, names)];
  if (problems.length > 0) {
    const what = file === undefined ? 'The presets' : `The presets of ${file}`;
    throw new ConfigurationError(what, problems);
  }
  return createPresetBook({ own, byOrigin });
}

async function readPresets(file: string | undefined): Promise<PresetsFile> {
  if (file === undefined) return { presets: new Map(), names: [], faults: [] };
  const content = await readTextFile(file);
  if ('text' in content) return parsePresetsFile(content.text);
  return { presets: new Map(), faults: [{ path: [], message: content.message }] };
}

/** None where the file does not tell its names: any could be one of them. */
function unknownNames(
  byOrigin: ReadonlyMap<string, string>,
  ownNames: readonly string[] | undefined,
): ConfigurationProblem[] {
  if (ownNames === undefined) return [];
  const names = [...builtInPresets.keys(), ...ownNames];
  return [...byOrigin.values()].flatMap((name, index) => {
    if (names.includes(name)) return [];
    const near = nearestName(name, names);
    const message = `entry ${index + 1} names no preset${near ? `; did you mean ${near}?` : ''}`;
    return [{ where: 'BULKWATCH_PROVIDER_PRESETS', message }];
  });
}
